/**
 * A translation in the photo's own detail: the change is scaled up, and where it is one of colour
 * and light, the photo keeps its sharpness. The arithmetic is that of the Python package's
 * translation/photo.py, which explains it.
 */

import { enlarger } from './pixels.js'

const RADIUS = 4 // of a window, in pixels of what the network sees
const FLAT = 16 // variance below which a window counts as flat
const STEPS = [0.299, 0.587, 0.114]

/** ImageData of the photo's size; `seen` and `changed` have that of what the network saw. */
export function carry(photo, seen, changed) {
  if (photo.width === changed.width && photo.height === changed.height) return changed
  const { width, height } = seen
  const share = agreement(grey(seen), grey(changed), width, height)
  const layers = [share, ...[0, 1, 2].map((channel) => share.map((value, i) =>
    changed.data[4 * i + channel] - value * seen.data[4 * i + channel]))]
  const rows = layers.map((layer) => enlarger(layer, width, height, photo.width, photo.height))
  const result = new ImageData(photo.width, photo.height)
  for (let row = 0, at = 0; row < photo.height; row++) {
    const [shares, ...rest] = rows.map((rowOf) => rowOf(row))
    for (let column = 0; column < photo.width; column++, at += 4) {
      for (let channel = 0; channel < 3; channel++) {
        result.data[at + channel] = shares[column] * photo.data[at + channel] + rest[channel][column]
      }
      result.data[at + 3] = 255
    }
  }
  return result
}

const grey = ({ data, width, height }) => Float64Array.from({ length: width * height }, (_, i) =>
  STEPS[0] * data[4 * i] + STEPS[1] * data[4 * i + 1] + STEPS[2] * data[4 * i + 2])

/** How much of a photo's detail goes into its translation, in [0, 1]. */
function agreement(before, after, width, height) {
  const means = (values) => boxMeans(boxMeans(values, width, height, 1, width), height, width, width, 1)
  const [mean, meanAfter] = [means(before), means(after)]
  const product = (a, b) => means(a.map((value, i) => value * b[i]))
  const [square, squareAfter, both] = [product(before, before), product(after, after), product(before, after)]
  return Float32Array.from(means(mean.map((m, i) => {
    const variance = square[i] - m * m + FLAT
    const varianceAfter = squareAfter[i] - meanAfter[i] ** 2 + FLAT
    const covariance = both[i] - m * meanAfter[i] + FLAT
    return within(covariance / variance) * within(covariance / Math.sqrt(variance * varianceAfter))
  })))
}

const within = (value) => Math.min(1, Math.max(0, value))

/** Means of windows along lines of `length` values, which at the border mirror what is within. */
function boxMeans(values, length, lines, step, next) {
  const result = new Float64Array(values.length)
  const size = 2 * RADIUS + 1
  const place = (index) => {
    const at = ((index % (2 * length)) + 2 * length) % (2 * length)
    return at < length ? at : 2 * length - 1 - at
  }
  for (let line = 0; line < lines; line++) {
    const start = line * next
    let sum = 0
    for (let i = -RADIUS; i <= RADIUS; i++) sum += values[start + place(i) * step]
    for (let i = 0; i < length; i++) {
      result[start + i * step] = sum / size
      sum += values[start + place(i + RADIUS + 1) * step] - values[start + place(i - RADIUS) * step]
    }
  }
  return result
}
