// Package limits keeps one stranger from taking what belongs to all: files, memory and the processor.
//
// Contract:
//   - [Limits.Admit] lets a viewer in or refuses it: too many handshakes of its address, too many connections in all, of its
//     address, or of its bearer token. Who was let in holds a place until leave is called; calling it again does nothing.
//   - [Limits.Requests] bounds the requests of an address, the bytes of their bodies, and how many of these are read at the same
//     time, so that an address that sends slowly does not take all the places there are. A body is never cut in the middle:
//     what one took beyond its address's rate is paid before the next one may begin.
//   - A rate is a rate: after its burst an address gets so many a second and no more, however long it goes on.
//   - An address is the client's own: a whole IPv4 address, or the /64 of an IPv6 one, for that is what one customer gets.
//     X-Forwarded-For counts only when the peer is a trusted proxy, and of it only what trusted proxies wrote.
//   - What is remembered of addresses is bounded. The longest unseen is forgotten first, one with connections or bodies never.
//   - [Limits.ConnState] bounds the sockets that are no streams, or not yet: when there are too many, the one that has shown
//     no sign of life for longest is cut, so that those who only hold sockets keep nobody out.
//   - A refusal is an error that says when to come back, each time at another moment, so that clients do not come back in
//     step. The log gets at most one line a second and cause, with how many there were.
//
// All of it may be used by any number of goroutines, and none waits for another longer than a look into a map takes; only
// ConnState may hold up accepting, and says how long.
package limits
