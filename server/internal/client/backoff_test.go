package client

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestBackoffIsFullJitterUnderGrowingCeilings(t *testing.T) {
	most := backoff{random: func() float64 { return 1 }}
	for i, want := range []int{1, 2, 4, 8, 16, 30, 30, 30} {
		if got := most.next(0, 0); got != time.Duration(want)*time.Second {
			t.Errorf("attempt %d waits at most %s, want %d s", i+1, got, want)
		}
	}
	if got := most.next(9*time.Second, 0); got != 30*time.Second {
		t.Errorf("after 9 s up it waits %s", got)
	}
	if got := most.next(10*time.Second, 0); got != time.Second {
		t.Errorf("after 10 s up it waits %s", got)
	}
	least := backoff{random: func() float64 { return 0 }}
	if got := least.next(0, 0); got != 250*time.Millisecond {
		t.Errorf("the least wait is %s", got)
	}
	if got := least.next(0, 7*time.Second); got != 7*time.Second {
		t.Errorf("Retry-After of 7 s gives %s", got)
	}
	if got := least.next(0, time.Hour); got != 5*time.Minute {
		t.Errorf("Retry-After of an hour gives %s", got)
	}
}

func TestComesBack(t *testing.T) {
	for code, comesBack := range map[websocket.StatusCode]bool{
		1000: true, 1001: true, 1002: false, 1003: false, 1006: true, 1007: false, 1008: false, 1009: false, 1010: false,
		1011: true, 1012: true, 1013: true, 4000: true, 4499: true, 4500: false, 4999: false, 3000: true,
	} {
		err := fmt.Errorf("read: %w", websocket.CloseError{Code: code})
		if got := ComesBack(err); got != comesBack {
			t.Errorf("close code %d: %t", code, got)
		}
	}
	for status, comesBack := range map[int]bool{
		200: false, 400: false, 401: false, 403: false, 404: false, 408: true, 425: true, 426: false, 429: true, 500: true, 502: true, 503: true, 504: true,
	} {
		if got := ComesBack(fmt.Errorf("dial: %w", &Refusal{Status: status})); got != comesBack {
			t.Errorf("status %d: %t", status, got)
		}
	}
	if !ComesBack(errors.New("connection refused")) || ComesBack(fmt.Errorf("%w: 2", ErrProtocol)) {
		t.Error("a network error comes back, another protocol does not")
	}
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{"3": 3 * time.Second, " 3 ": 3 * time.Second, "": 0, "soon": 0, "-1": 0, "0": 0} {
		if got := retryAfter(http.Header{"Retry-After": {text}}); got != want {
			t.Errorf("%q is %s", text, got)
		}
	}
	future := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	if got := retryAfter(http.Header{"Retry-After": {future}}); got < 58*time.Minute || got > time.Hour {
		t.Errorf("an hour from now is %s", got)
	}
}
