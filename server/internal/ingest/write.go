package ingest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"vitals/internal/wire"
)

// lineMedia are the types of a body in the line protocol.
var lineMedia = []string{"text/plain", "application/octet-stream", "application/x-www-form-urlencoded"}

// ServeWrite answers a POST in the line protocol of InfluxDB, as its versions 1 and 2 do: 204 when all was taken. What was
// not taken is a [*Refusal], and so is a body that failed; what was good of either was taken all the same, as there.
func (s *Service) ServeWrite(w http.ResponseWriter, r *http.Request) error {
	decimals, known := precisions[r.URL.Query().Get("precision")]
	if !known {
		return &Refusal{Code: wire.CodeBadRequest, Field: "precision", Message: "must be ns, us, ms or s"}
	}
	body, err := s.open(w, r, lineMedia)
	if err != nil {
		return err
	}
	defer body.close()
	batch := s.newBatch(context.WithoutCancel(r.Context()), decimals)
	batch.named = true
	failed := batch.readPoints(body, decimals)
	answer := answerOf(batch.close(s.peer(r)))
	if batch.unkept != nil {
		return batch.unkeptRefusal(answer)
	}
	if failed != nil {
		refusal := explain(failed)
		refusal.Answer = &answer
		return refusal
	}
	if answer.RejectedCount > 0 {
		return batch.partialWrite(answer)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// partialWrite says it in InfluxDB's words: clients look for them, and do not send the same again.
func (b *batch) partialWrite(answer Answer) *Refusal {
	if refusal := b.refusal(answer); refusal != nil && refusal.Code == CodeTooManySeries {
		return refusal
	}
	message := fmt.Sprintf("partial write: %s dropped=%d", answer.Rejected[0].Message, answer.RejectedCount)
	return &Refusal{Code: wire.CodeBadRequest, Message: message, Answer: &answer}
}

// creatable is how clients of InfluxDB 1 ask for a database before they write. There is nothing to be created here.
const creatable = "CREATE DATABASE"

// ServeQuery answers the one query that writing clients of InfluxDB 1 ask: to create a database.
func (s *Service) ServeQuery(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxEventBytes)
	query := strings.ToUpper(strings.TrimSpace(r.PostFormValue("q")))
	if !strings.HasPrefix(query, creatable) {
		message := "only " + creatable + " is answered here, as clients that write ask it"
		return &Refusal{Code: wire.CodeBadRequest, Field: "q", Message: message}
	}
	type result struct {
		StatementID int `json:"statement_id"`
	}
	writeJSON(w, http.StatusOK, map[string][]result{"results": {{}}})
	return nil
}
