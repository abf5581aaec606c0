package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"vitals/internal/client"
	"vitals/internal/ingest"
)

const (
	pushTimeout      = 10 * time.Second // for one request
	pushLastTimeout  = 2 * time.Second  // for what is left when the program is told to stop
	pushFirstWait    = 250 * time.Millisecond
	pushLongestWait  = 15 * time.Second
	pushAnswerBytes  = 256 << 10
	pushMostReported = 20 // refusals that get a line of their own
)

// pushSender posts events and keeps the account of what became of them.
type pushSender struct {
	http   *http.Client
	target string
	stderr io.Writer

	mu       sync.Mutex // of the account: lines that cannot be read are refused by who reads them
	refused  int
	reported int
}

func newPushSender(address client.Address, stderr io.Writer) *pushSender {
	return &pushSender{
		http: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment},
			// A redirected POST would lose its body; the person is told where the server is instead.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		target: address.At("api/v1/events"), stderr: stderr,
	}
}

func (s *pushSender) close() { s.http.CloseIdleConnections() }

// errAgain is a failure that another try may mend.
type errAgain struct {
	cause error
	after time.Duration // at least so long
}

func (e *errAgain) Error() string { return e.cause.Error() }
func (e *errAgain) Unwrap() error { return e.cause }

// send posts a batch, again and again if need be, until it is time to give up; a zero time is never. The error is what keeps
// the server from taking anything.
func (s *pushSender) send(ctx context.Context, batch []pushLine, giveUp func() time.Time) error {
	for attempt := 0; ; attempt++ {
		err := s.post(ctx, batch, pushTimeout)
		again, isAgain := errors.AsType[*errAgain](err)
		if !isAgain {
			if err == nil && attempt > 0 {
				fmt.Fprintln(s.stderr, "vitals: the server is there again")
			}
			return err
		}
		wait := max(again.after, jittered(attempt))
		if limit := giveUp(); ctx.Err() != nil || !limit.IsZero() && time.Now().Add(wait).After(limit) {
			return fmt.Errorf("push: %w", again.cause)
		}
		if attempt == 0 {
			fmt.Fprintf(s.stderr, "vitals: %v; trying again\n", again.cause)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// jittered is a wait that doubles with each attempt, half of it by chance.
func jittered(attempt int) time.Duration {
	ceiling := min(pushLongestWait, pushFirstWait<<min(attempt, 10))
	return ceiling/2 + rand.N(ceiling/2)
}

// post sends a batch once.
func (s *pushSender) post(ctx context.Context, batch []pushLine, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var body bytes.Buffer
	for _, line := range batch {
		body.Write(line.body)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.target, &body)
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	request.Header.Set("User-Agent", "vitals/"+version)
	response, err := s.http.Do(request)
	if err != nil {
		if outer, wrapped := errors.AsType[*url.Error](err); wrapped {
			err = outer.Err
		}
		return &errAgain{cause: fmt.Errorf("cannot reach %s: %w", s.target, err)}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, pushAnswerBytes))
	if err != nil {
		return &errAgain{cause: err}
	}
	return s.judge(batch, response, text)
}

// pushAnswer is the answer to a push, or an error, or both.
type pushAnswer struct {
	Error *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	*ingest.Answer
}

// judge reads what the server says became of a batch.
func (s *pushSender) judge(batch []pushLine, response *http.Response, text []byte) error {
	var answer pushAnswer
	err := json.Unmarshal(text, &answer)
	switch response.StatusCode {
	case http.StatusOK, http.StatusMultiStatus, http.StatusUnprocessableEntity:
		if err != nil || answer.Answer == nil {
			return fmt.Errorf("push: %s does not answer like a Vitals server: %s", s.target, response.Status)
		}
		s.account(batch, answer)
		return nil
	case http.StatusTooManyRequests:
		if answer.Answer != nil { // there is no room for these series; waiting would only hold up the others
			s.account(batch, answer)
			return nil
		}
		fallthrough
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		http.StatusInsufficientStorage: // of these nothing is acknowledged, whatever was taken
		return &errAgain{cause: s.refusal(response, answer), after: retryAfter(response)}
	}
	return fmt.Errorf("push: %w", s.refusal(response, answer))
}

// refusal says why the server took nothing.
func (s *pushSender) refusal(response *http.Response, answer pushAnswer) error {
	where := ""
	if location := response.Header.Get("Location"); location != "" {
		where = "; it says to ask " + client.Printable(location)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s answered %s: %s%s", s.target, response.Status, client.Printable(answer.Error.Message), where)
	}
	return fmt.Errorf("%s answered %s%s", s.target, response.Status, where)
}

// retryAfter is how long the server asks to wait, within reason.
func retryAfter(response *http.Response) time.Duration {
	const most = time.Minute
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, most)
}

// account counts the refusals of an answer and says which they are.
func (s *pushSender) account(batch []pushLine, answer pushAnswer) {
	for _, refused := range answer.Rejected {
		origin := "an event"
		if refused.Index >= 0 && refused.Index < len(batch) {
			origin = batch[refused.Index].origin
		}
		s.refuse(origin, strings.TrimPrefix(refused.Field+": "+refused.Message, ": "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused += max(0, answer.RejectedCount-len(answer.Rejected))
}

// refuse counts a refusal; the first ones get a line each.
func (s *pushSender) refuse(origin, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
	if s.reported++; s.reported <= pushMostReported {
		fmt.Fprintf(s.stderr, "vitals: %s: %s\n", client.Printable(origin), client.Printable(reason))
	}
}

// sendLast tries once more, quickly, when the program was told to stop while something was left.
func (s *pushSender) sendLast(spool *pushSpool) {
	ctx, cancel := context.WithTimeout(context.Background(), pushLastTimeout)
	defer cancel()
	for {
		batch := spool.pop()
		if len(batch) == 0 {
			return
		}
		if err := s.post(ctx, batch, pushLastTimeout); err != nil {
			fmt.Fprintf(s.stderr, "vitals: %v\n", err)
			spool.putBack(batch)
			return
		}
	}
}

// errNotAll ends a push of which something is missing on the server; standard error has said what.
var errNotAll = errors.New("not everything arrived")

// verdict is an error when something did not arrive; so many events were lost on the way.
func (s *pushSender) verdict(lost int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == 0 && lost == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d refused, %d lost", errNotAll, s.refused, lost)
}
