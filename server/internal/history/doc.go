// Package history remembers what was measured, on disk, and gives it back.
//
// Contract:
//   - A [Store] appends rows and answers questions about them. Append returns when the operating system has the data: from
//     then on the end of this process, however it ends, costs nothing of it. A power loss may cost what came after the last
//     sync; see [SyncPolicy].
//   - What a store gives back is what was given: a value that was damaged on the disk is never served, it is missing, and
//     [Usage] says so. A store deletes nothing but what is older than its retention, or more than its size.
//   - The same value of the same series at the same instant may be appended any number of times; it is kept once. Another
//     value at the same instant is refused and counted.
//   - The [Recorder] is a subscriber of the hub like any other, and the only one who appends. It commits what has come in
//     one piece, and tells whoever waits. While the store cannot write it keeps its place in the hub, so that a short
//     trouble costs nothing, and what the hub has forgotten meanwhile is counted.
//   - Nothing here is ever waited for by the hub, the sampler or a viewer.
package history
