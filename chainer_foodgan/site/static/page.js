/** The page: a photo or a camera goes in, the dish changes, as fast as the machine computes. */

const words = JSON.parse(document.querySelector('#words').textContent)
const $ = (selector) => document.querySelector(selector)
const canvas = $('#picture')
const context = canvas.getContext('2d')
const video = $('video')
const worker = new Worker('./worker.js', { type: 'module' })
const answers = new Map()
const KEYS = [...'1234567890']
/** Pixels of the shorter side of a picture that is shown live: more take longer than they help. */
const LIVE = 288

/** The photo (ImageBitmap), or null where the camera runs or nothing is there yet. */
let photo = null
let camera = null
let original = null // what the picture was made of, to compare
let shown = null
let wanted = false // something has changed since the picture was made
let busy = false
let comparing = false
const times = []

worker.onmessage = ({ data }) => {
  const { resolve, reject } = answers.get(data.id)
  answers.delete(data.id)
  if (data.error) reject(new Error(data.error))
  else resolve(data)
}

function ask(message, transfer = []) {
  return new Promise((resolve, reject) => {
    const id = crypto.getRandomValues(new Uint32Array(1))[0]
    answers.set(id, { resolve, reject })
    worker.postMessage({ id, weights: weights(), ...message }, transfer)
  })
}

const weights = () => $('#weights').value
const dish = () => $('input[name=dish]:checked')?.value
const settings = () => ({ strength: $('#strength').value / 100, onlyFood: $('#only-food')?.checked ?? false })

async function load() {
  say(words.loading)
  try {
    const { provider } = await ask({})
    $('#engine').textContent = provider === 'webgpu' ? 'WebGPU' : 'WebAssembly'
    say(photo || camera ? '' : words.empty)
  } catch (error) {
    say(words.failed.replace('{}', error.message))
  }
}

/** The inputs of the dishes that the chosen weights know. */
const dishes = () => [...document.querySelectorAll('input[name=dish]:enabled')]

/** Offers the dishes that the chosen weights know, each with its key. */
function offer() {
  const known = JSON.parse($('#weights').selectedOptions[0].dataset.dishes)
  for (const input of document.querySelectorAll('input[name=dish]')) {
    input.disabled = !known.includes(input.value)
    input.parentElement.hidden = input.disabled
  }
  dishes().forEach((input, index) => {
    input.parentElement.querySelector('kbd').textContent = KEYS[index] ?? ''
  })
  if (!dishes().some((input) => input.checked)) dishes()[0].checked = true
}

/** Draws until nothing is wanted; of the camera the latest picture is always wanted. */
async function update() {
  wanted = true
  if (busy) return
  busy = true
  while ((wanted || camera) && (photo || camera) && dish()) {
    wanted = false
    const live = camera !== null
    try {
      const source = await grab()
      if (source) await change(source, live)
    } catch (error) {
      say(words.failed.replace('{}', error.message))
      break
    }
  }
  busy = false
}

/** The photo, or the camera's picture of this moment, no larger than it is shown. */
async function grab() {
  if (!camera) return createImageBitmap(photo)
  if (!video.videoWidth) {
    await new Promise((resolve) => { video.addEventListener('loadeddata', resolve, { once: true }) })
  }
  const scale = Math.min(1, LIVE / Math.min(video.videoWidth, video.videoHeight))
  return createImageBitmap(video, {
    resizeWidth: Math.round(video.videoWidth * scale),
    resizeHeight: Math.round(video.videoHeight * scale)
  })
}

async function change(source, live) {
  if (!live) say(words.working)
  const before = await createImageBitmap(source)
  const { picture } = await ask({ source, dish: dish(), options: settings() }, [source])
  if (live && !camera) return // switched off meanwhile
  original?.close()
  original = before
  shown = picture
  draw()
  count(live)
  if (!live) say('')
  $('#save').disabled = $('#share').disabled = $('#compare').disabled = false
}

function draw() {
  if (!shown) return
  canvas.width = shown.width
  canvas.height = shown.height
  if (comparing) context.drawImage(original, 0, 0)
  else context.putImageData(shown, 0, 0)
  canvas.hidden = false
  $('#start').hidden = true
  const name = comparing ? words.before : $('input[name=dish]:checked + span').firstChild.data.trim()
  canvas.setAttribute('aria-label', name)
}

/** Pictures a second, of the last second and a half, or of the last two pictures. */
function count(live) {
  const now = performance.now()
  times.push(now)
  while (times.length > 2 && now - times[0] > 1500) times.shift()
  const rate = times.length > 1 ? ((times.length - 1) * 1000) / (now - times[0]) : 0
  $('#rate').textContent = live && rate ? words.rate.replace('{}', rate.toFixed(1)) : ''
}

function say(text) {
  $('#status').textContent = text
}

async function take(blob) {
  try {
    const picture = await createImageBitmap(blob, { imageOrientation: 'from-image' })
    stopCamera()
    photo?.close()
    photo = picture
    update()
  } catch {
    say(words.unknown)
  }
}

async function startCamera() {
  try {
    camera = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 960 } }
    })
  } catch (error) {
    say(words.no_camera.replace('{}', error.message))
    return
  }
  video.srcObject = camera
  await video.play()
  photo?.close()
  photo = null
  times.length = 0
  $('#camera').setAttribute('aria-pressed', 'true')
  $('#camera').textContent = words.stop_camera
  say('')
  update()
}

function stopCamera() {
  for (const track of camera?.getTracks() ?? []) track.stop()
  camera = null
  video.srcObject = null
  $('#rate').textContent = ''
  $('#camera').setAttribute('aria-pressed', 'false')
  $('#camera').textContent = words.camera
}

/** Hands on a file of the picture, in all the pixels that the photo or the camera has. */
async function give(hand) {
  say(words.working)
  $('#save').disabled = $('#share').disabled = true
  try {
    const source = await createImageBitmap(camera ? video : photo)
    const name = dish()
    const { picture } = await ask({ source, dish: name, options: settings() }, [source])
    const full = new OffscreenCanvas(picture.width, picture.height)
    full.getContext('2d').putImageData(picture, 0, 0)
    const blob = await full.convertToBlob({ type: 'image/png' })
    await hand(new File([blob], `${name}.png`, { type: 'image/png' }))
    say('')
  } catch (error) {
    say(error.name === 'AbortError' ? '' : words.failed.replace('{}', error.message))
  }
  $('#save').disabled = $('#share').disabled = false
}

function save(file) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
}

const share = (file) => navigator.share({ files: [file] })

function compare(on) {
  if (!shown || comparing === on) return
  comparing = on
  $('#compare').setAttribute('aria-pressed', String(on))
  draw()
}

$('#choose').onclick = $('#choose-other').onclick = () => $('#file').click()
$('#file').onchange = ({ target }) => target.files[0] && take(target.files[0])
$('#camera').onclick = () => camera ? stopCamera() : startCamera()
$('#save').onclick = () => give(save)
$('#share').onclick = () => give(share)
$('#share').hidden = !navigator.canShare?.({ files: [new File([], 'dish.png', { type: 'image/png' })] })
$('#strength').oninput = () => { $('#strength-value').textContent = `${$('#strength').value} %`; update() }
$('#weights').onchange = () => { offer(); load(); update() }
$('#only-food')?.addEventListener('change', update)
for (const input of document.querySelectorAll('input[name=dish]')) input.onchange = update
for (const button of document.querySelectorAll('#examples button')) {
  button.onclick = async () => take(await (await fetch(button.querySelector('img').src)).blob())
}

const hold = $('#compare')
hold.onpointerdown = canvas.onpointerdown = () => compare(true)
for (const name of ['pointerup', 'pointercancel', 'blur']) addEventListener(name, () => compare(false))
hold.onkeydown = ({ key }) => { if (key === ' ' || key === 'Enter') compare(true) }
hold.onkeyup = () => compare(false)
canvas.oncontextmenu = (event) => event.preventDefault() // of a long touch

addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || target.matches('input[type=range], select')) return
  const input = dishes()[KEYS.indexOf(key)]
  if (!input) return
  input.checked = true
  update()
})
addEventListener('paste', ({ clipboardData }) => clipboardData.files[0] && take(clipboardData.files[0]))
addEventListener('dragover', (event) => event.preventDefault())
addEventListener('drop', (event) => {
  event.preventDefault()
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0])
})
document.addEventListener('visibilitychange', () => { if (document.hidden) stopCamera() })

if (!navigator.mediaDevices?.getUserMedia) {
  $('#camera').hidden = true
  say(words.insecure)
}

// The worker that answers without a network; it also isolates the page, which threads need: once
// it is there, a page that nobody has used yet is loaded again.
if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register('./sw.js').catch(() => {})
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!crossOriginIsolated && !photo && !camera) location.reload()
  })
}

offer()
load()
