/**
 * Changes the dish in photos, in the browser: ONNX Runtime Web computes, nothing is sent.
 *
 *     import { Translator } from './foodgan.js'
 *     const translator = await Translator.load('magical_rice_bowl_live')
 *     const picture = await translator.translate(canvas, 'ramen')   // ImageData of the canvas's size
 *
 * Types and all options are in foodgan.d.ts; weights.json beside this file lists the weights.
 */

import { carry } from './detail.js'
import { crop, lay, readPixels, resize, scaled, toPicture, toTensor } from './pixels.js'

const here = new URL('.', import.meta.url).href
/** The networks halve the size twice and double it twice. */
const MULTIPLE = 4
/** Around the food, of its longer side; and how much longer that side is than the other, at most. */
const [MARGIN, LONGEST] = [0.15, 1.5]
/** What both engines may differ by: a quarter of one of 256 levels, of a range of 2. */
const AGREED = 0.25 / 127.5
/** Milliseconds that WebGPU may take to open a network, and to be compared. */
const PATIENCE = 15000

export class Translator {
  #ort; #network; #finder; #turn = Promise.resolve()

  constructor(ort, network, finder, provider, entry) {
    this.#ort = ort
    this.#network = network
    this.#finder = finder
    this.provider = provider
    this.dishes = entry.dishes
    this.size = entry.size
  }

  static async load(name, { provider = 'auto', threads } = {}) {
    const list = await (await fetched('weights.json')).json()
    const entry = list.weights[name]
    if (!entry) {
      throw new Error(`${name}: no such weights here; there are ${Object.keys(list.weights).join(', ')}`)
    }
    const model = await bytes(entry.file)
    const { ort, network, used } = await open(model, provider, threads, entry, list.webgpu)
    const finder = list.mask && { ...list.mask, session: null }
    return new Translator(ort, network, finder, used, entry)
  }

  /** One call after another: a session computes one picture at a time. */
  translate(source, dish, options) {
    const result = this.#turn.then(() => this.#translate(source, dish, options))
    this.#turn = result.catch(() => {})
    return result
  }

  async #translate(source, dish, { strength = 1, onlyFood = false, size = this.size, output = 'photo' } = {}) {
    let photo = readPixels(source)
    const label = this.#label(dish)
    if (output === 'network') photo = resize(photo, ...scaled(photo.width, photo.height, size))
    const mask = onlyFood ? await this.#mask(photo) : null
    // Of the food alone, where its size is the photo's, the network sees more.
    const box = mask && output === 'photo' ? boxOf(mask, photo) : [0, 0, photo.width, photo.height]
    const part = crop(photo, box)
    const seen = resize(part, ...scaled(part.width, part.height, size))
    const y = await run(this.#ort, this.#network, toTensor(seen, MULTIPLE), label)
    const changed = carry(part, seen, toPicture(y, seen.width, seen.height))
    if (strength === 1 && !mask) return changed
    return lay(new ImageData(photo.data.slice(), photo.width, photo.height), changed, box, strength, mask)
  }

  #label(dish) {
    const parts = typeof dish === 'string' ? { [dish]: 1 } : dish
    const label = new Float32Array(this.dishes.length)
    for (const [name, share] of Object.entries(parts)) {
      const index = this.dishes.indexOf(name)
      if (index < 0) {
        throw new Error(`${name}: these weights know no such dish; they know ${this.dishes.join(', ')}`)
      }
      label[index] = share
    }
    return label
  }

  /** Where the food is: {data: Float32Array in [0, 1], width, height}. */
  async #mask(photo) {
    if (!this.#finder) {
      throw new Error('this folder has no network that finds food; write it again without --no-mask')
    }
    this.#finder.session ??= await session(this.#ort, await bytes(this.#finder.file), 'wasm')
    const { size, multiple } = this.#finder
    const scale = size / Math.min(photo.width, photo.height)
    const [width, height] = [photo.width, photo.height].map((side) =>
      Math.min(2 * size, Math.max(multiple, Math.round((side * scale) / multiple) * multiple)))
    const { data } = await run(this.#ort, this.#finder.session, toTensor(resize(photo, width, height), 1))
    // The border is soft where the network is not sure.
    return { data: data.map((y) => Math.min(1, Math.max(0, y + 0.5))), width, height }
  }
}

/** The part of a photo that shows the food and a margin: left, upper, right, lower. */
function boxOf({ data, width, height }, photo) {
  let [left, upper, right, lower] = [width, height, 0, 0]
  data.forEach((value, i) => {
    if (value === 0) return
    left = Math.min(left, i % width)
    right = Math.max(right, (i % width) + 1)
    upper = Math.min(upper, Math.floor(i / width))
    lower = Math.max(lower, Math.floor(i / width) + 1)
  })
  if (right === 0) return [0, 0, photo.width, photo.height]
  const [x, y] = [photo.width / width, photo.height / height]
  const longer = Math.max((right - left) * x, (lower - upper) * y)
  const side = (start, end, whole) => {
    const length = Math.max(end - start, longer / LONGEST) + 2 * MARGIN * longer
    const first = Math.round(Math.min(Math.max(0, (start + end - length) / 2), Math.max(0, whole - length)))
    return [first, Math.min(whole, Math.round(first + length))]
  }
  const [across, down] = [side(left * x, right * x, photo.width), side(upper * y, lower * y, photo.height)]
  return [across[0], down[0], across[1], down[1]]
}

async function open(model, provider, threads, entry, hasWebgpu) {
  if (provider !== 'wasm' && hasWebgpu && await hasGpu(provider)) {
    const ort = await runtime('ort.webgpu.min.mjs', threads)
    const wasm = await session(ort, model, 'wasm')
    const gpu = await soon(session(ort, model, 'webgpu'))
    if (gpu && await soon(isBetter(ort, gpu, wasm, entry, provider))) {
      return { ort, network: gpu, used: 'webgpu' }
    }
    return { ort, network: wasm, used: 'wasm' }
  }
  const ort = await runtime('ort.wasm.min.mjs', threads)
  return { ort, network: await session(ort, model, 'wasm'), used: 'wasm' }
}

/** What a promise brings within PATIENCE, or null: a driver may fail, or compile without end. */
const soon = (promise) => Promise.race([
  promise.catch(() => null),
  new Promise((resolve) => { setTimeout(resolve, PATIENCE, null) })
])

/** Whether there is a GPU; one that the processor plays counts only where it is asked for. */
async function hasGpu(provider) {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter()
  const played = adapter?.isFallbackAdapter || adapter?.info?.isFallbackAdapter
    || adapter?.info?.architecture === 'swiftshader'
  return Boolean(adapter) && (provider === 'webgpu' || !played)
}

async function runtime(file, threads) {
  const ort = await import(`${here}runtime/${file}`)
  ort.env.wasm.wasmPaths = `${here}runtime/`
  ort.env.logLevel = 'error'
  // Threads take shared memory, which a page has that is isolated from other origins (see sw.js).
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated
    ? threads ?? Math.min(4, navigator.hardwareConcurrency || 1) : 1
  return ort
}

const session = (ort, model, provider) =>
  ort.InferenceSession.create(model, { executionProviders: [provider] })

/** Whether WebGPU makes the same of a picture as WebAssembly does, and is faster at it. */
async function isBetter(ort, gpu, wasm, { dishes, size }, provider) {
  const side = size / 2
  const data = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i * i) / 2)
  const x = { data, width: side, height: side }
  const label = Float32Array.from(dishes, (_, i) => Number(i === 0))
  const [ours, theirs] = [await timed(ort, gpu, x, label), await timed(ort, wasm, x, label)]
  return ours.y.every((value, i) => Math.abs(value - theirs.y[i]) < AGREED)
    && (provider === 'webgpu' || ours.time < theirs.time)
}

async function timed(ort, network, x, label) {
  await run(ort, network, x, label) // the first call compiles
  const start = performance.now()
  const { data } = await run(ort, network, x, label)
  return { y: data, time: performance.now() - start }
}

async function run(ort, network, { data, width, height }, label) {
  const inputs = { x: new ort.Tensor('float32', data, [1, 3, height, width]) }
  if (label) inputs.c = new ort.Tensor('float32', label, [1, label.length])
  const { y } = await network.run(inputs)
  return { data: await y.getData(), width, height }
}

async function fetched(file) {
  const response = await fetch(here + file)
  if (!response.ok) throw new Error(`${file}: the server answers ${response.status}`)
  return response
}

const bytes = async (file) => new Uint8Array(await (await fetched(file)).arrayBuffer())

