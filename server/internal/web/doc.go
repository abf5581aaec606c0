// Package web answers HTTP: the stream's front door, the JSON API, health, and the embedded app.
//
// Contract:
//   - Every error of the API is {"error":{"code","message","field"}} with the right status; one table says which (errors.go).
//   - Everything under /api that does not exist is a 404 in JSON, never the app's page.
//   - The app is served by GET and HEAD only, from memory, in the encoding that the client prefers. Names under assets/
//     carry a hash and may be kept for ever; the page itself is asked for each time.
//   - All paths work below any prefix: below the configured base, and behind a proxy that has taken its prefix away. The
//     page finds its own root by a relative <base>, so the server need not know what the proxy took.
//   - A request is answered only under a host name that the server knows (DNS rebinding), and a page of another origin
//     gets nothing unless its origin was allowed.
package web
