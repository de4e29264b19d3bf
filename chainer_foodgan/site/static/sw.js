/** Answers from what was fetched once, with the headers that the page needs, online and offline. */

importScripts('./files.js') // names of the files, a version made of their contents, headers

const { version, files, headers: added } = self.SITE
const CACHE = `foodgan-${version}`

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE)
    .then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' }))))
    .then(() => skipWaiting()))
})

addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.map((name) => name.startsWith('foodgan-') && name !== CACHE && caches.delete(name))))
    .then(() => clients.claim()))
})

addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin === location.origin) event.respondWith(answer(event.request))
})

async function answer(request) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request, { ignoreSearch: true }) ?? await fetch(request)
  const headers = new Headers(kept.headers)
  for (const [name, value] of Object.entries(added)) headers.set(name, value)
  return new Response(kept.body, { status: kept.status, statusText: kept.statusText, headers })
}
