/* global document, localStorage, matchMedia */
// Sets the theme before the first paint. A file of its own, because the page forbids inline scripts.
;(function () {
  var choice = 'system'
  try {
    choice = localStorage.getItem('vitals.theme') || 'system'
  } catch {
    // Storage is blocked: follow the system.
  }
  var light = choice === 'light' || (choice !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches)
  document.documentElement.dataset.theme = light ? 'light' : 'dark'
  document.querySelector('meta[name=theme-color]').content = light ? '#fbfcfe' : '#0b0e13'
})()
