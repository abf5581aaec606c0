// Package ingest takes events that anybody pushes, over HTTP, as the line protocol of InfluxDB, or as a frame of a session,
// and gives what is good of them to the hub.
//
// Contract:
//   - Every event is judged by itself. One bad event spoils no other one, and each refusal says which event, which field, a
//     code for programs and words for people. Nothing is dropped in silence.
//   - A name must be one (see [metric.ParseName]), a value finite, and a time within [now - the longer of backfill and one
//     hour, now + 10 minutes]. A time far outside is told which unit it looks like. Times are rounded to the millisecond;
//     an event without a time happened now. An event without a host belongs to the server's own.
//   - What the server measures itself cannot be pushed: code reserved.
//   - A series goes forward only. The event that equals the newest one is a duplicate, an older one, or another value at the
//     same instant, is late; both are accepted and counted, neither is sent to viewers. So whoever is not sure that a push
//     arrived pushes it again, with the same times. Pushes that run at the same time are judged one after the other.
//   - The events of a push are taken in pieces of [pieceEvents]; those of a piece are sorted by time, and those of one host
//     and instant are one update. What was accepted stays so if the body fails later on; the answer says how many were.
//   - A body is bounded before and after decompression and in its events, an event in its bytes, and the bodies that are
//     read at the same time in their number. No size that a client announces is believed.
//   - Memory per series is a time and a value. It goes after the series has been idle for as long as the hub keeps it, and
//     its newest event is too old to be taken again.
//
// A [Service] may be used by many goroutines.
package ingest
