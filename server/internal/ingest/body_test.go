package ingest

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

func serve(service *Service, path string, body io.Reader, headers ...string) (int, *Refusal) {
	request := httptest.NewRequest(http.MethodPost, path, body)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler := service.ServeEvents
	if strings.HasPrefix(path, "/write") {
		handler = service.ServeWrite
	}
	refusal, _ := errors.AsType[*Refusal](handler(recorder, request))
	return recorder.Code, refusal
}

func TestBodiesReadAtOnceAreBounded(t *testing.T) {
	service := newService(newLedger())
	for range maxBodies {
		service.bodies <- struct{}{}
	}
	for _, path := range []string{"/events", "/write"} {
		_, refusal := serve(service, path, strings.NewReader(`{"metric":"a","value":1}`))
		if refusal == nil || refusal.Code != CodeBusy || refusal.RetryAfterS == 0 || refusal.Answer != nil {
			t.Errorf("%s: %+v", path, refusal)
		}
	}
	<-service.bodies
	if status, refusal := serve(service, "/events", strings.NewReader(`{"metric":"a","value":1}`)); status != http.StatusOK {
		t.Errorf("when there is room: %d %+v", status, refusal)
	}
	if len(service.bodies) != maxBodies-1 {
		t.Errorf("%d places are held", len(service.bodies))
	}
}

func TestEveryBodyGivesItsPlaceBack(t *testing.T) {
	service := newService(newLedger())
	broken := iotest.ErrReader(io.ErrUnexpectedEOF)
	bodies := map[string][]string{
		`{"metric":"a","value":1}`: nil,
		"":                         nil,
		"[":                        nil,
		"m f=1":                    nil,
		"no gzip":                  {"Content-Encoding", "gzip"},
		"another":                  {"Content-Encoding", "br"},
		"of a type":                {"Content-Type", "image/png"},
	}
	for body, headers := range bodies {
		for _, path := range []string{"/events", "/write", "/write?precision=weeks"} {
			_, _ = serve(service, path, strings.NewReader(body), headers...)
			_, _ = serve(service, path, io.MultiReader(strings.NewReader(body), broken), headers...)
		}
	}
	if len(service.bodies) != 0 {
		t.Errorf("%d places are held", len(service.bodies))
	}
}

// TestALengthIsOnlyBelievedWhenItIsTooLarge: nothing is read of a body that says it is, and nothing is made room for.
func TestALengthIsOnlyBelievedWhenItIsTooLarge(t *testing.T) {
	service := newService(newLedger())
	request := httptest.NewRequest(http.MethodPost, "/events", iotest.ErrReader(errors.New("it was read")))
	request.ContentLength = maxWireBytes + 1
	refusal, _ := errors.AsType[*Refusal](service.ServeEvents(httptest.NewRecorder(), request))
	if refusal == nil || refusal.Code != CodeTooLarge || refusal.Field != "Content-Length" {
		t.Errorf("%+v", refusal)
	}
	request = httptest.NewRequest(http.MethodPost, "/events", strings.NewReader(`{"metric":"a","value":1}`+strings.Repeat(" ", maxWireBytes)))
	request.ContentLength = 10
	refusal, _ = errors.AsType[*Refusal](service.ServeEvents(httptest.NewRecorder(), request))
	if refusal == nil || refusal.Code != CodeTooLarge || refusal.Answer.Accepted != 1 {
		t.Errorf("%+v", refusal)
	}
}

// TestTheEventsOfABodyAreBounded: they may be packed so well that they cost the sender nothing.
func TestTheEventsOfABodyAreBounded(t *testing.T) {
	for path, event := range map[string]string{"/events": `{"metric":"a.b","value":1}`, "/write": "a b=1", "/events?junk": "0", "/write?db=text": `a b="x"`} {
		for extra, code := range map[int]string{0: "", 1: CodeTooLarge} {
			body := strings.Repeat(event+"\n", maxEvents+extra)
			_, refusal := serve(newService(newLedger()), path, strings.NewReader(zip(t, body)), "Content-Encoding", "gzip")
			switch {
			case strings.HasSuffix(path, "text"):
				if (refusal != nil) != (extra > 0) || extra > 0 && refusal.Code != CodeTooLarge {
					t.Errorf("%s and %d more: %+v", path, extra, refusal)
				}
			case strings.HasSuffix(path, "junk"):
				if refusal == nil || refusal.Answer.RejectedCount != maxEvents || (refusal.Code == CodeTooLarge) != (extra > 0) {
					t.Errorf("%s: %+v", path, refusal)
				}
			case code == "" && refusal != nil, code != "" && (refusal == nil || refusal.Code != code || refusal.Answer.Accepted != maxEvents):
				t.Errorf("%s and %d more: %+v", path, extra, refusal)
			}
		}
	}
}

func zip(t *testing.T, text string) string {
	t.Helper()
	var packed strings.Builder
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func TestBoundedFailsAtTheByteBehindTheLast(t *testing.T) {
	for _, size := range []int{0, 9, 10, 11, 100} {
		got, err := io.ReadAll(&bounded{in: strings.NewReader(strings.Repeat("x", size)), left: 10})
		if wantErr := size > 10; len(got) != min(size, 10) || (err != nil) != wantErr {
			t.Errorf("of %d bytes: %d and %v", size, len(got), err)
		}
	}
	if err := fmt.Errorf("outer: %w", errUnpackedTooLarge); explain(err).Code != CodeTooLarge {
		t.Errorf("explained as %+v", explain(err))
	}
}
