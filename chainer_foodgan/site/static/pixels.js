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

/** Width and height with `size` pixels on the shorter side; what is too thin has no end. */
export function scaled(width, height, size) {
  const scale = size / Math.min(width, height)
  const [W, H] = [width, height].map((side) => Math.max(1, Math.round(side * scale)))
  if (W * H > Math.max(width * height, 2 ** 18, 16 * size ** 2)) {
    throw new Error(`a photo of ${width} x ${height} pixels is too thin: crop it`)
  }
  return [W, H]
}

const triangle = (x) => Math.max(0, 1 - Math.abs(x))
triangle.reach = 1

/** Of Keys, with a = -1/2. */
const cubic = (x) => {
  const t = Math.abs(x)
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
}
cubic.reach = 2

/** For each of `count` pixels: the first of those it is made of, and their weights, as in Pillow. */
function taps(filter, length, count) {
  const scale = length / count
  const wide = Math.max(1, scale)
  const support = filter.reach * wide
  return Array.from({ length: count }, (_, index) => {
    const centre = (index + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - support + 0.5))
    const last = Math.min(length, Math.trunc(centre + support + 0.5))
    const weights = Float64Array.from({ length: last - first }, (_, i) =>
      filter((first + i - centre + 0.5) / wide))
    const sum = weights.reduce((a, b) => a + b, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

/** Scales ImageData as Pillow's BILINEAR does: a triangle as wide as a pixel of the coarser grid. */
export function resize(image, width, height) {
  if (image.width === width && image.height === height) return image
  const across = new Uint8ClampedArray(width * image.height * 4)
  filtered(image.data, across, taps(triangle, image.width, width), image.height, 4, image.width * 4)
  const down = new Uint8ClampedArray(width * height * 4)
  filtered(across, down, taps(triangle, image.height, height), width, width * 4, 4, true)
  return new ImageData(down, width, height)
}

/** Filters RGBA along lines: `step` from pixel to pixel, `next` from line to line. */
function filtered(data, result, weighted, lines, step, next, down = false) {
  const [outStep, outNext] = down ? [step, next] : [4, weighted.length * 4]
  for (let line = 0; line < lines; line++) {
    for (let index = 0; index < weighted.length; index++) {
      const { first, weights } = weighted[index]
      let r = 0, g = 0, b = 0
      for (let i = 0, at = line * next + first * step; i < weights.length; i++, at += step) {
        r += data[at] * weights[i]
        g += data[at + 1] * weights[i]
        b += data[at + 2] * weights[i]
      }
      const out = line * outNext + index * outStep
      result[out] = r
      result[out + 1] = g
      result[out + 2] = b
      result[out + 3] = 255
    }
  }
}

/** Scales a plane of numbers by cubic filters; a function from a row to its values. */
export function enlarger(plane, width, height, columns, rows) {
  const across = new Float32Array(columns * height)
  const weighted = taps(cubic, width, columns)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < columns; column++) {
      const { first, weights } = weighted[column]
      let sum = 0
      for (let i = 0; i < weights.length; i++) sum += plane[row * width + first + i] * weights[i]
      across[row * columns + column] = sum
    }
  }
  const down = taps(cubic, height, rows)
  const values = new Float32Array(columns)
  return (row) => {
    const { first, weights } = down[row]
    values.fill(0)
    for (let i = 0; i < weights.length; i++) {
      const start = (first + i) * columns
      for (let column = 0; column < columns; column++) values[column] += across[start + column] * weights[i]
    }
    return values
  }
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

/** ImageData of what a network made, without the edges that were added. */
export function toPicture(y, width, height) {
  const plane = y.width * y.height
  const picture = new ImageData(width, height)
  for (let row = 0, out = 0; row < height; row++) {
    for (let column = 0; column < width; column++, out += 4) {
      const at = row * y.width + column
      for (let channel = 0; channel < 3; channel++) {
        picture.data[out + channel] = (y.data[channel * plane + at] + 1) * 127.5
      }
      picture.data[out + 3] = 255
    }
  }
  return picture
}

/** Part of a picture. */
export function crop({ data, width, height }, [left, upper, right, lower]) {
  if (right - left === width && lower - upper === height) return { data, width, height }
  const part = new ImageData(right - left, lower - upper)
  for (let row = upper; row < lower; row++) {
    const start = (row * width + left) * 4
    part.data.set(data.subarray(start, start + part.width * 4), (row - upper) * part.width * 4)
  }
  return part
}

/**
 * Lays a change over a photo, in place: as much of it as `strength` says, and inside a mask.
 *
 * mask: {data: Float32Array in [0, 1], width, height}, of the whole photo; or null.
 */
export function lay(photo, part, [left, upper], strength, mask) {
  const inside = mask && sampler(mask, photo.width, photo.height)
  for (let row = 0, from = 0; row < part.height; row++) {
    for (let column = 0; column < part.width; column++, from += 4) {
      const weight = strength * (inside ? inside(left + column, upper + row) : 1)
      if (weight === 0) continue
      const to = ((upper + row) * photo.width + left + column) * 4
      for (let channel = 0; channel < 3; channel++) {
        photo.data[to + channel] += weight * (part.data[from + channel] - photo.data[to + channel])
      }
    }
  }
  return photo
}

/** Values of a small grid at the pixels of a large one, bilinear; a function of column and row. */
function sampler({ data, width, height }, columns, rows) {
  const place = (index, length, count) =>
    Math.min(length - 1, Math.max(0, ((index + 0.5) * length) / count - 0.5))
  return (column, row) => {
    const x = place(column, width, columns), y = place(row, height, rows)
    const left = Math.floor(x), top = Math.floor(y) * width
    const right = Math.min(left + 1, width - 1), below = Math.min(Math.floor(y) + 1, height - 1) * width
    const a = data[top + left] + (data[top + right] - data[top + left]) * (x - left)
    const b = data[below + left] + (data[below + right] - data[below + left]) * (x - left)
    return a + (b - a) * (y - Math.floor(y))
  }
}
