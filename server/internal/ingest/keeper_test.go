package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// vault is a keeper that remembers what it was asked.
type vault struct {
	door, await, append error // answers
	awaited             []string
	kept                []string
}

// Ready implements [Keeper].
func (v *vault) Ready() error { return v.door }

// Await implements [Keeper].
func (v *vault) Await(ctx context.Context, after, upTo uint64) error {
	if _, bounded := ctx.Deadline(); !bounded {
		return errors.New("this may wait for ever")
	}
	v.awaited = append(v.awaited, fmt.Sprintf("%d-%d", after, upTo))
	return v.await
}

// Append implements [Keeper].
func (v *vault) Append(_ context.Context, updates []metric.Update) error {
	for _, update := range updates {
		for i, event := range update.Events {
			v.kept = append(v.kept, fmt.Sprintf("%s %s %v@%d", update.Host, update.Series[i].Metric, event.Value, event.Timestamp-noonMs))
		}
	}
	return v.append
}

func newKeptService(bus *ledger) (*Service, *vault) {
	service, keeper := newService(bus), &vault{}
	service.keeper = keeper
	return service, keeper
}

// TestWhatIsNotPublishedIsKept: late events and duplicates, so that a push whose answer was lost is kept when it comes again.
func TestWhatIsNotPublishedIsKept(t *testing.T) {
	service, keeper := newKeptService(newLedger())
	push(service, pushed("a", 1, 0), pushed("a", 2, -5), pushed("a", 3, 0))
	push(service, pushed("a", 4, -3), pushed("a", 1, 0))
	if diff := cmp.Diff([]string{"own a 3@0", "own a 4@-3", "own a 1@0"}, keeper.kept); diff != "" {
		t.Errorf("kept: %s", diff)
	}
}

// TestAPushIsAnsweredWhenItIsKept: it waits for what it published itself, once, and for nothing if it published nothing.
func TestAPushIsAnsweredWhenItIsKept(t *testing.T) {
	service, keeper := newKeptService(newLedger())
	push(service, pushed("a", 1, 0), pushed("a", 2, 5))
	push(service, pushed("a", 3, 10), pushed("b", 3, 10), pushed("b c", 3, 10))
	push(service, pushed("a", 3, 10))
	push(service, pushed("b c", 3, 10))
	if diff := cmp.Diff([]string{"0-2", "2-3"}, keeper.awaited); diff != "" {
		t.Errorf("awaited: %s", diff)
	}
}

// TestWhatIsNotKeptIsNotAcknowledged, whatever of it was published.
func TestWhatIsNotKeptIsNotAcknowledged(t *testing.T) {
	full := fmt.Errorf("%w: disk", ErrStorageFull)
	tests := map[string]struct {
		vault  vault
		code   string
		status string // of HTTP
	}{
		"at the door":      {vault{door: full}, codeStorageFull, CodeStorageFull},
		"while it waits":   {vault{await: full}, codeStorageFull, CodeStorageFull},
		"late ones":        {vault{append: full}, codeStorageFull, CodeStorageFull},
		"for other causes": {vault{await: ErrStorageUnavailable}, codeHistoryUnavailable, CodeHistoryUnavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			service := newService(newLedger())
			push(service, pushed("a", 1, 0), pushed("x", 1, 0), pushed("y.f", 1, 0))
			service.keeper = &test.vault
			answer := push(service, pushed("a", 1, 1), pushed("a b", 1, 0), pushed("a", 2, -5))
			if answer.Accepted != 0 || answer.Late != 0 || answer.RejectedCount != 3 || len(answer.Rejected) != 3 || answer.Rejected[2].Code != test.code {
				t.Errorf("a session is answered %+v", answer)
			}
			if stats := service.Stats(); stats.Accepted != 3 || stats.Refused[test.code] == 0 {
				t.Errorf("counted %+v", stats)
			}
			for path, serve := range map[string]func() error{
				"events": func() error {
					body := strings.NewReader(fmt.Sprintf(`[{"metric":"x","value":1,"timestamp":%f},{"metric":"x","value":1,"timestamp":%f}]`, (noonMs + 5).Seconds(), (noonMs - 5).Seconds()))
					return service.ServeEvents(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", body))
				},
				"write": func() error {
					body := strings.NewReader(fmt.Sprintf("y f=1 %d000000\ny f=1 %d000000", noonMs+5, noonMs-5))
					return service.ServeWrite(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", body))
				},
			} {
				refusal, isRefusal := errors.AsType[*Refusal](serve())
				if !isRefusal || refusal.Code != test.status || refusal.RetryAfterS == 0 || refusal.Answer != nil && refusal.Answer.Accepted != 0 {
					t.Errorf("%s is answered %+v", path, refusal)
				}
			}
		})
	}
}

// TestManyThatAreNotKept: the list of the refused stays short, the count is whole.
func TestManyThatAreNotKept(t *testing.T) {
	service, keeper := newKeptService(newLedger())
	keeper.await = ErrStorageFull
	lines := strings.Repeat("a f=1\nb c\n", 2*pieceEvents)
	err := service.ServeWrite(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader(lines)))
	refusal, isRefusal := errors.AsType[*Refusal](err)
	if !isRefusal || refusal.Answer == nil || len(refusal.Answer.Rejected) != maxListed {
		t.Fatalf("answered %+v", err)
	}
}

// TestRemembered: what was published before this process is a duplicate when it comes again.
func TestRemembered(t *testing.T) {
	bus := newLedger()
	service, _ := newKeptService(bus)
	bus.catalogs["own"] = &hub.Catalog{Host: "own", Series: []metric.Series{{Metric: "disk.read"}, {Metric: "a", Custom: true}}}
	service.Remember(metric.Update{Host: "own", Events: []metric.Event{
		{Metric: "a", Value: 1, Timestamp: noonMs}, {Metric: "a", Value: 2, Timestamp: noonMs - 1}, {Metric: "disk.read", Value: 1, Timestamp: noonMs},
	}})
	service.Remember(metric.Update{Host: "silent"})
	if answer := push(service, pushed("a", 1, 0), pushed("a", 2, -1), pushed("a", 3, 1)); answer.Duplicates != 1 || answer.Late != 1 || answer.Accepted != 3 {
		t.Errorf("answered %+v", answer)
	}
	if answer := push(service, pushed("disk.read", 1, 1)); answer.RejectedCount != 1 {
		t.Errorf("what is measured here can be pushed: %+v", answer)
	}
	if stats := service.Stats(); stats.Series != 1 {
		t.Errorf("%d series are remembered", stats.Series)
	}
}
