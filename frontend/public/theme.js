/* global document, localStorage, location, matchMedia */
// Sets the theme before the first paint. A file of its own, because the page forbids inline scripts.
;(function () {
  var choice = 'system'
  try {
    choice = localStorage.getItem('vitals.theme') || 'system'
  } catch {
    // Storage is blocked: follow the system.
  }
  // A link may ask for a theme; it is not remembered.
  var asked = /[?&]theme=(dark|light)(&|$)/.exec(location.search)
  if (asked) choice = asked[1]
  var light = choice === 'light' || (choice !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches)
  document.documentElement.dataset.theme = light ? 'light' : 'dark'
  document.querySelector('meta[name=theme-color]').content = light ? '#fbfcfe' : '#0b0e13'
})()
