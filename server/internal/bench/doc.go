// Package bench answers how many viewers a server can hold. It is the load generator of `vitals bench`: thousands of
// viewers on raw sockets in one thread, so that they take as little as possible of the machine that the server needs.
//
// Contract:
//   - The viewers share no code with the server's WebSocket library. Each keeps a ledger of positions: ticks that came, ticks
//     that were announced as dropped, ticks that are missing without a word, and ticks that came twice.
//   - Figures of the server are read from the kernel (processor time by its clock, resident memory), so they are there for
//     a server on the same machine only.
//   - The floor is a plain loop of writes of the same bytes to as many connections, measured in the same run. Absolute
//     figures hold for one machine at one time; the ratio to the floor travels.
//   - Load goes where the user points it, bounded in viewers and time. What this package starts, it stops, by its id.
package bench
