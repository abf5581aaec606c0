package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"vitals/internal/wire"
)

// eventMedia are the types of a body of events. What it is can be seen from its first byte, whatever the type says.
var eventMedia = []string{
	"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
	"text/plain", "application/octet-stream", "application/x-www-form-urlencoded",
}

// ServeEvents answers a POST of events as JSON: one, an array, or one after the other. It answers 200 when all were taken
// and 207 when some were; a push of which nothing was taken and a body that failed are a [*Refusal].
func (s *Service) ServeEvents(w http.ResponseWriter, r *http.Request) error {
	body, err := s.open(w, r, eventMedia)
	if err != nil {
		return err
	}
	defer body.close()
	batch := s.newBatch(context.WithoutCancel(r.Context()), 0)
	failed := batch.readEvents(body)
	answer := answerOf(batch.close(s.peer(r)))
	if batch.unkept != nil {
		return batch.unkeptRefusal(answer)
	}
	if failed != nil {
		refusal := explain(failed)
		refusal.Answer = &answer
		return refusal
	}
	if refusal := batch.refusal(answer); refusal != nil {
		return refusal
	}
	status := http.StatusOK
	if answer.RejectedCount > 0 {
		status = http.StatusMultiStatus
	}
	writeJSON(w, status, answer)
	return nil
}

// readEvents takes all events of a body. The error is what is wrong with the body as a whole.
func (b *batch) readEvents(body io.Reader) error {
	events := newSplitter(body)
	for index := 0; ; index++ {
		text, err := events.next()
		switch {
		case errors.Is(err, io.EOF) && index == 0 && !events.isArray:
			return errors.New("the body has no events")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !isEventFault(err):
			return err
		case index == maxEvents:
			return errTooManyEvents
		case err != nil:
			b.refuse(index, &fault{codeMalformed, "", err.Error()})
			continue
		}
		pushed, sure := readPlain(text)
		if !sure {
			if pushed, err = wire.DecodePushedEvent(text); err != nil {
				b.refuse(index, unreadable(err))
				continue
			}
		}
		b.add(eventOf(index, pushed))
	}
}

// refusal is set when nothing of a push was taken.
func (b *batch) refusal(answer Answer) *Refusal {
	if answer.Accepted > 0 || answer.RejectedCount == 0 {
		return nil
	}
	first := answer.Rejected[0]
	refusal := &Refusal{
		Code: CodeUnprocessable, Field: fmt.Sprintf("[%d].%s", first.Index, first.Field), Answer: &answer,
		Message: fmt.Sprintf("none of %d events was taken; the first: %s", answer.RejectedCount, first.Message),
	}
	if first.Field == "" {
		refusal.Field = fmt.Sprintf("[%d]", first.Index)
	}
	if b.limited() > 0 {
		refusal.Code, refusal.RetryAfterS = CodeTooManySeries, retryAfterS
	}
	return refusal
}

// retryAfterS is when a push that met a limit may be worth another try; room is made when idle series go.
const retryAfterS = 60

// Answer is the answer to a push, as JSON: that of a session's frame without the frame's own fields.
type Answer struct {
	Accepted      int              `json:"accepted"`                // events taken, late ones and duplicates too
	Late          int              `json:"late,omitempty"`          // of them not sent live: older than the newest of their series
	Duplicates    int              `json:"duplicates,omitempty"`    // of them taken before
	Rejected      []wire.Rejection `json:"rejected"`                // the first events that were refused
	RejectedCount int              `json:"rejectedCount,omitempty"` // how many were refused
}

func answerOf(p wire.Published) Answer {
	return Answer{
		Accepted: p.Accepted, Late: p.Late, Duplicates: p.Duplicates, Rejected: p.Rejected, RejectedCount: p.RejectedCount,
	}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // an error here means the client is gone
}
