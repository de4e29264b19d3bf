/** Pictures as numbers: the same arithmetic as the Python package's, so that the pixels agree. */

/** ImageData of whatever holds a picture: ImageData, canvas, ImageBitmap, video frame, image. */
export function readPixels(source) {
  if (source instanceof ImageData) return source
  const width = source.videoWidth || source.naturalWidth || source.displayWidth || source.width
  const height = source.videoHeight || source.naturalHeight || source.displayHeight || source.height
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  context.fillStyle = '#fff' // what is transparent lies on white
  context.fillRect(0, 0, width, height)
  context.drawImage(source, 0, 0, width, height)
  return context.getImageData(0, 0, width, height)
}

/** The size with `size` pixels on the shorter side, and at most eight times that on the longer. */
export function scaled(width, height, size) {
  const scale = Math.min(size / Math.min(width, height), (8 * size) / Math.max(width, height))
  return [width, height].map((side) => Math.max(1, Math.round(side * scale)))
}

/** Scales ImageData as Pillow's BILINEAR does: a triangle as wide as a pixel of the coarser grid. */
export function resize(image, width, height) {
  if (image.width === width && image.height === height) return image
  const across = pass(image.data, image.width, image.height, width, 4, image.width * 4)
  const down = transposedPass(across, width, image.height, height)
  return new ImageData(down, width, height)
}

/** For each of `count` pixels: the first of those it is made of, and their weights. */
function triangle(length, count) {
  const scale = length / count
  const support = Math.max(1, scale)
  return Array.from({ length: count }, (_, index) => {
    const centre = (index + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - support + 0.5))
    const last = Math.min(length, Math.trunc(centre + support + 0.5))
    const weights = Float32Array.from({ length: last - first }, (_, i) =>
      Math.max(0, 1 - Math.abs(first + i - centre + 0.5) / support))
    const sum = weights.reduce((a, b) => a + b, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

function pass(data, width, height, count, pixel, row) {
  const taps = triangle(width, count)
  const result = new Uint8ClampedArray(count * height * 4)
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < count; x++, out += 4) {
      const { first, weights } = taps[x]
      let [r, g, b] = [0, 0, 0]
      for (let i = 0, at = y * row + first * pixel; i < weights.length; i++, at += pixel) {
        r += data[at] * weights[i]
        g += data[at + 1] * weights[i]
        b += data[at + 2] * weights[i]
      }
      result[out] = r
      result[out + 1] = g
      result[out + 2] = b
      result[out + 3] = 255
    }
  }
  return result
}

function transposedPass(data, width, height, count) {
  const taps = triangle(height, count)
  const result = new Uint8ClampedArray(width * count * 4)
  for (let y = 0, out = 0; y < count; y++) {
    const { first, weights } = taps[y]
    for (let x = 0; x < width; x++, out += 4) {
      let [r, g, b] = [0, 0, 0]
      for (let i = 0, at = (first * width + x) * 4; i < weights.length; i++, at += width * 4) {
        r += data[at] * weights[i]
        g += data[at + 1] * weights[i]
        b += data[at + 2] * weights[i]
      }
      result[out] = r
      result[out + 1] = g
      result[out + 2] = b
      result[out + 3] = 255
    }
  }
  return result
}

/**
 * ImageData as what networks take: planes of red, green and blue in [-1, 1], their right and lower
 * edges mirrored outwards until both sides are multiples.
 */
export function toTensor({ data, width, height }, multiple) {
  const W = Math.ceil(width / multiple) * multiple
  const H = Math.ceil(height / multiple) * multiple
  const planes = new Float32Array(3 * H * W)
  for (let y = 0, out = 0; y < H; y++) {
    for (let x = 0; x < W; x++, out++) {
      const at = (mirror(y, height) * width + mirror(x, width)) * 4
      for (let channel = 0; channel < 3; channel++) {
        planes[channel * H * W + out] = data[at + channel] / 127.5 - 1
      }
    }
  }
  return { data: planes, width: W, height: H }
}

function mirror(index, length) {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const at = index % period
  return at < length ? at : period - at
}

/** A picture of the network's size: the photo, and as much of the change as is asked for. */
export function toPicture(small, x, y, strength, share) {
  const { width, height } = small
  const result = new ImageData(width, height)
  const inside = share && sampler(share.data, share.width, share.height, width, height)
  const plane = x.width * x.height
  for (let row = 0, out = 0; row < height; row++) {
    for (let column = 0; column < width; column++, out += 4) {
      const weight = strength * (inside ? inside(column, row) : 1)
      const at = row * x.width + column
      for (let channel = 0; channel < 3; channel++) {
        const change = (y.data[channel * plane + at] - x.data[channel * plane + at]) * 127.5
        result.data[out + channel] = small.data[out + channel] + weight * change
      }
      result.data[out + 3] = 255
    }
  }
  return result
}

/** A picture of the photo's size: the photo, and the change scaled up to it. */
export function carry(photo, small, x, y, strength, share) {
  if (photo.width === small.width && photo.height === small.height) {
    return toPicture(small, x, y, strength, share)
  }
  const { width, height } = photo
  const result = new ImageData(new Uint8ClampedArray(photo.data), width, height)
  const plane = x.width * x.height
  const change = y.data.map((value, i) => (value - x.data[i]) * 127.5 * strength)
  const scaledUp = [0, 1, 2].map((channel) => sampler(
    change.subarray(channel * plane, (channel + 1) * plane), small.width, small.height, width,
    height, x.width))
  const inside = share && sampler(share.data, share.width, share.height, width, height)
  for (let row = 0, out = 0; row < height; row++) {
    for (let column = 0; column < width; column++, out += 4) {
      const weight = inside ? inside(column, row) : 1
      if (weight === 0) continue
      for (let channel = 0; channel < 3; channel++) {
        result.data[out + channel] += weight * scaledUp[channel](column, row)
      }
    }
  }
  return result
}

/** Values of a small grid at the pixels of a large one, bilinear; a function of column and row. */
function sampler(data, width, height, columns, rows, stride = width) {
  const [left, across] = places(width, columns)
  const [top, down] = places(height, rows)
  return (column, row) => {
    const x = left[column], y = top[row] * stride
    const right = Math.min(x + 1, width - 1), below = Math.min(top[row] + 1, height - 1) * stride
    const a = data[y + x] + (data[y + right] - data[y + x]) * across[column]
    const b = data[below + x] + (data[below + right] - data[below + x]) * across[column]
    return a + (b - a) * down[row]
  }
}

function places(length, count) {
  const first = new Int32Array(count), share = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const at = Math.min(length - 1, Math.max(0, ((i + 0.5) * length) / count - 0.5))
    first[i] = Math.floor(at)
    share[i] = at - first[i]
  }
  return [first, share]
}
