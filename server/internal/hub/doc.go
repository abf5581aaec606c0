// Package hub is the one place that every update passes: it gives it a position, remembers it for a while, and tells
// whoever listens.
//
// Contract:
//   - Each host is a topic. Publish gives its updates positions without a gap, 1, 2, 3, ..., for as long as the hub lives;
//     the hub's epoch, a fresh random word, is the other half of a position. A position of an epoch never comes twice: a
//     host that comes again after it was forgotten begins behind the last one that any forgotten host had.
//   - Each tick also has a serial, which grows over all hosts. A serial is given and its tick stored under one lock, so
//     "everything after serial n" means the same to everybody, and a [Subscription] delivers all its hosts in that order.
//   - A published [Tick] never changes and may be shared by everybody.
//   - Publish never waits for a subscriber. It stores one tick in the topic's ring and tells each distinct [Waker] of the
//     topic once: what it costs depends on the number of wakers, not on that of the subscriptions.
//   - A subscription owns no queue. It is a cursor into the rings, so ten thousand of them cost no memory per tick. When
//     one falls further behind a host than its bound in bytes, that host's oldest ticks are skipped and counted, and the
//     next delivery says how many and from where; nobody else notices.
//   - A subscription is used by one goroutine at a time. The hub and its topics may be used by all. Wakers and watchers
//     must return at once; watchers must not call the hub, wakers may.
//   - A ring is bounded in age (the backfill) and in bytes, not in rows: rows that are pushed in between shorten nobody's
//     past until they fill the bytes, some hundred thousand of them. Age is told by the hub's own clock, and by timestamps
//     while a past comes in a burst; a clock that is set costs at most a little of the past.
//   - The rings of hosts that nobody described share a bound in bytes: beyond it each is cut to an equal part when it stores
//     something. Hosts that were described suffer nothing from that.
//   - Columns are those of the tick's own [Catalog]. A catalogue grows at its end; when series have had no value for
//     SeriesIdle, or up to a sixtieth of it longer, it shrinks, and columns move. Who compares ticks of different
//     catalogues goes by name.
//   - Series of a host, hosts, and series in all are bounded. What is beyond a bound is rejected with its reason and counted;
//     series that are known go on. What is pushed takes no room from what sensors measure.
//   - An interval that a subscriber wishes for is a topic of its own, shared by all who wish for the same: a row has the
//     mean, least and greatest value of each series, over the ticks whose timestamps lie in the same interval of the
//     clock. A row ends with the first tick of another interval, or at the first Sweep a second after its end. Least and
//     greatest are exact; the mean skips what is missing. Rows cover all positions: the next one begins where the last one
//     ended. Folding the same past again gives the same rows under the same serials, so a stream of rows can be resumed
//     by serial although its topic goes with its last follower.
//   - A host is live, silent (it sent nothing for three times its usual gap, at least 15 s and at most 15 min), or gone
//     (nobody described it and its last series has left). Watchers are told of each change, in order.
//   - Whatever depends on time happens in Sweep; the hub has no goroutine and no timer.
package hub
