// Package hub is the one place that every update passes: it gives it a position, remembers it for a while, and tells
// whoever listens.
//
// Contract:
//   - Each host is a topic. Publish gives its updates the positions 1, 2, 3, ... without a gap for as long as the hub
//     lives; the hub's epoch, a fresh random word, is the other half of a position.
//   - A published [Tick] never changes and may be shared by everybody.
//   - Publish never waits for a subscriber. It stores one tick in the topic's ring and raises a flag per subscription.
//   - A [Subscription] owns no queue. It is a cursor into the rings, so ten thousand of them cost no memory per tick. When
//     one falls further behind than its bound in bytes, its oldest ticks are skipped and counted, and the next delivery
//     says how many; nobody else notices.
//   - A subscription is used by one goroutine at a time. The hub and its topics may be used by all.
//   - The ring is bounded in ticks (backfill / interval) and in bytes, whichever is less.
//   - The columns of a host only grow within an epoch: column i is the same series for ever. Their number is bounded;
//     events of series beyond it are left out and counted.
package hub
