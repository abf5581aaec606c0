// Package salvage keeps damage to where it is: whatever happened to the files of the library's database, it opens, and
// everything in it that verifies is there.
//
// Contract:
//   - [Folder] runs before the library opens a folder. It verifies the logs, the chunks of the newest hours, and of the
//     blocks all but the samples; it writes anew what is damaged, with everything that verifies, before and after a bad
//     place. A folder that was closed is left as it is. Where the process was killed, what was being written is left out, and
//     so is what the log says of chunks that were not written any more: both are no damage.
//   - A [Guard] stands between the library and whoever reads: a chunk that does not verify is a hole in the answer, told
//     once, never a wrong value, never a panic.
//   - Nothing is deleted: what is replaced goes into a [Quarantine], with a list of what and why.
//   - Errors are those of the file system, and may pass; see [OutOfSpace]. Whatever ends [Folder] halfway, the next call
//     goes on, and nothing that can be read is missing.
package salvage
