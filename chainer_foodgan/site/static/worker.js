/** Translates beside the page, so that it never stutters. */

import { Translator } from './foodgan.js'

const loaded = new Map()

self.onmessage = async ({ data: { id, weights, source, dish, options } }) => {
  try {
    if (!loaded.has(weights)) loaded.set(weights, Translator.load(weights))
    const translator = await loaded.get(weights)
    if (!source) { // the page asks for the weights before anybody needs them
      self.postMessage({ id, provider: translator.provider })
      return
    }
    const picture = await translator.translate(source, dish, options)
    source.close?.()
    self.postMessage({ id, picture }, [picture.data.buffer])
  } catch (error) {
    loaded.delete(weights)
    self.postMessage({ id, error: error.message })
  }
}
