// Package doctor examines a server of Vitals from where its viewers are: through whatever proxies stand between. It finds
// what breaks live streams there, and gives the lines that mend it in nginx, Caddy and Traefik.
//
// Contract:
//   - [Examine] makes a few dozen requests and ends within the timeout for each check, and the idle time if that is wanted.
//     It owns the goroutines it starts, and all of them have ended when it returns.
//   - It sends nothing secret, follows no redirect, and reads at most 64 KiB of an answer. It asks only the given server.
//   - What a [Finding] quotes of foreign text is fit for a terminal.
//   - A verdict rests on what was measured here. What was not measured is [Skip], with how to measure it.
//
// The lines stand in mends/, one file a problem; the tests put them into a broken configuration of a real nginx, which must
// be without findings then.
package doctor
