package ingest

import (
	"context"
	"errors"
	"time"

	"vitals/internal/metric"
)

// Keeper makes events safe from the end of the process, as the recorder of history does.
type Keeper interface {
	// Ready is nil while events can be kept, else one of the errors below with its cause.
	Ready() error
	// Await returns when everything that the bus published with serials in (after, upTo] is kept. The errors are those
	// below.
	Await(ctx context.Context, after, upTo uint64) error
	// Append keeps events that are not published. Keeping one again is fine. The errors are those below.
	Append(ctx context.Context, updates []metric.Update) error
}

// Why events are not kept. Either passes: the same events may be pushed again.
var (
	ErrStorageFull        = errors.New("there is no space left for history")
	ErrStorageUnavailable = errors.New("history cannot be written at the moment")
)

// keepPatience is how long a push waits until its events are kept; a disk that hangs is no reason to hang too.
const keepPatience = 5 * time.Second

// Seconds after which a push that could not be kept may be tried again.
const (
	fullRetryAfterS        = 10
	unavailableRetryAfterS = 2
)

// storageFault says why events that are good are refused.
func storageFault(err error) *fault {
	if errors.Is(err, ErrStorageFull) {
		return &fault{codeStorageFull, "", "there is no space left on the server to keep it; push it again later, with the same time"}
	}
	return &fault{codeHistoryUnavailable, "", "the server cannot keep it at the moment; push it again later, with the same time"}
}

// storageRefusal refuses a push as a whole.
func storageRefusal(err error) *Refusal {
	if errors.Is(err, ErrStorageFull) {
		message := "there is no space left on the server to keep events; live values go on; push the same again later, with the same times"
		return &Refusal{Code: CodeStorageFull, Message: message, RetryAfterS: fullRetryAfterS}
	}
	message := "the server cannot keep events at the moment; live values go on; push the same again later, with the same times"
	return &Refusal{Code: CodeHistoryUnavailable, Message: message, RetryAfterS: unavailableRetryAfterS}
}

// unkeptRefusal refuses a push whose events may not be kept, and says what became of each.
func (b *batch) unkeptRefusal(answer Answer) *Refusal {
	refusal := storageRefusal(b.unkept)
	refusal.Answer = &answer
	return refusal
}

// ready asks the keeper at the door.
func (s *Service) ready() error {
	if s.keeper == nil {
		return nil
	}
	return s.keeper.Ready()
}

// keepHeld gives the events of this piece that were held back to the keeper.
func (b *batch) keepHeld() {
	if len(b.kept) > 0 && b.unkept == nil {
		ctx, cancel := context.WithTimeout(b.ctx, keepPatience)
		defer cancel()
		b.unkept = b.service.keeper.Append(ctx, b.kept)
	}
	clear(b.kept)
	b.kept = b.kept[:0]
}

// awaitLive waits until what was published is kept.
func (b *batch) awaitLive() {
	if b.service.keeper == nil || b.unkept != nil || !b.published {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, keepPatience)
	defer cancel()
	b.unkept = b.service.keeper.Await(ctx, b.after, b.service.bus.Serial())
}

// refuseUnkept refuses all events that are not refused already: nobody knows which of them are kept.
func (b *batch) refuseUnkept() {
	bad := storageFault(b.unkept)
	isRefused := make(map[int]bool, len(b.answer.Rejected))
	for _, rejection := range b.answer.Rejected {
		isRefused[rejection.Index] = true
	}
	for index := 0; index < b.offered && len(b.answer.Rejected) < maxListed; index++ {
		if !isRefused[index] {
			b.answer.Rejected = append(b.answer.Rejected, bad.at(index))
		}
	}
	unkept := b.offered - b.answer.RejectedCount
	b.byCode[bad.code] += uint64(unkept)
	b.answer.RejectedCount = b.offered
	b.answer.Accepted, b.answer.Late, b.answer.Duplicates = 0, 0, 0
}

// Remember takes an update that was published before this process, so that the same events pushed again are duplicates.
func (s *Service) Remember(update metric.Update) {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.remember(update.Host)
	for _, event := range update.Events {
		last, known := m.newest[event.Metric]
		if s.isMeasured(update.Host, m, event.Metric) || known && last.timestamp >= event.Timestamp {
			continue
		}
		m.newest[event.Metric] = &newest{timestamp: event.Timestamp, value: event.Value, sent: now}
	}
	if len(m.newest) == 0 {
		delete(s.hosts, update.Host)
	}
}
