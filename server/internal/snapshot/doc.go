// Package snapshot copies history to another place while it is being written.
//
// Contract:
//   - Whoever may read and write the data folder may take a snapshot, and nobody else: a server listens on a socket in that
//     folder, which is for its user only. See [Serve].
//   - A server does not write to where the copy goes; it may not be able to. It makes a snapshot of linked files within the
//     data folder, lends it for as long as the connection lasts, and takes it away afterwards, however the connection ends.
//     The client copies and verifies it. See [Take].
//   - Where no server runs, the client makes the snapshot itself, and holds the data folder meanwhile.
//   - The copy has its name only when it is complete, safe from a power loss, and verified. Before that there is another
//     folder beside it, which an error takes away.
//   - A copy is a data folder: to restore it is to start a server on it, or on a copy of it.
package snapshot
