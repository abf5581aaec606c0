package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"vitals/internal/history"
	"vitals/internal/limits"
)

func mustTake(t *testing.T, turns *turns) *turn {
	t.Helper()
	place, err := turns.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func TestFewQuestionsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		first, second := mustTake(t, turns), mustTake(t, turns)
		var third *turn
		go func() { third = mustTake(t, turns) }()
		synctest.Wait()
		if third != nil {
			t.Fatal("three are worked on")
		}
		first.end()
		synctest.Wait()
		if third == nil {
			t.Fatal("nobody came after the first")
		}
		second.end()
		third.end()
	})
}

// TestAnswersThatAreSentKeepNobodyFromAsking holds as many as may be sent, and one more that must not be held in memory.
func TestAnswersThatAreSentKeepNobodyFromAsking(t *testing.T) {
	for name, answer := range map[string]struct{ bytes, count int64 }{
		"small":   {smallAnswerBytes, smallAnswersBytes / smallAnswerBytes},
		"large":   {smallAnswerBytes + 1, largeAnswersBytes / (smallAnswerBytes + 1)},
		"largest": {history.MaxAnswerBytes + 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turns := newTurns()
				var sent []*turn
				for range answer.count {
					place := mustTake(t, turns)
					if err := place.send(t.Context(), answer.bytes); err != nil {
						t.Fatalf("answer %d: %v", len(sent), err)
					}
					sent = append(sent, place)
				}
				next := mustTake(t, turns)
				if err := next.send(t.Context(), answer.bytes); !errors.As(err, new(*limits.Refusal)) {
					t.Errorf("one too many is sent: %v", err)
				}
				sent[0].end()
				sent[0].end()
				if err := next.send(t.Context(), answer.bytes); err != nil {
					t.Errorf("after another has ended: %v", err)
				}
				if last := mustTake(t, turns); last.send(t.Context(), answer.bytes) == nil {
					t.Error("there is more room than before")
				}
			})
		})
	}
}

// TestSmallAnswersAreSentBesideLargeOnes has as many of the large ones as may be sent.
func TestSmallAnswersAreSentBesideLargeOnes(t *testing.T) {
	turns := newTurns()
	for _, bytes := range []int64{largeAnswersBytes, smallAnswerBytes} {
		if err := mustTake(t, turns).send(t.Context(), bytes); err != nil {
			t.Errorf("%d bytes: %v", bytes, err)
		}
	}
}

func TestExportsAreReadInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		var exports []*exportTurn
		for range exportsAtOnce {
			export, err := turns.takeExport()
			if err != nil {
				t.Fatal(err)
			}
			exports = append(exports, export)
		}
		if _, err := turns.takeExport(); err == nil {
			t.Error("one too many")
		}
		for _, export := range exports[:questionsAtOnce] {
			if err := export.read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		read := false
		go func() { read = exports[questionsAtOnce].read(t.Context()) == nil }()
		synctest.Wait()
		if read {
			t.Error("too many are read")
		}
		exports[0].pause()
		exports[0].end()
		synctest.Wait()
		if !read {
			t.Error("nobody is read while a client takes its piece")
		}
		if _, err := turns.takeExport(); err != nil {
			t.Error("nobody comes after one that ended: ", err)
		}
	})
}

// newFullTurns has no place left.
func newFullTurns(t *testing.T) *turns {
	t.Helper()
	turns := newTurns()
	for range questionsAtOnce {
		mustTake(t, turns)
	}
	return turns
}

func TestWaitingHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := newFullTurns(t).take(t.Context())
		var refused *limits.Refusal
		if !errors.As(err, &refused) || refused.Code != codeUnavailable || refused.RetryAfter <= 0 {
			t.Errorf("after a long wait: %v", err)
		}
	})
}

func TestFewWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newFullTurns(t)
		ctx, leave := context.WithCancel(t.Context())
		ended := make(chan error, questionsWaiting)
		for range questionsWaiting {
			go func() {
				_, err := turns.take(ctx)
				ended <- err
			}()
		}
		synctest.Wait()
		if len(ended) > 0 {
			t.Fatalf("one did not wait: %v", <-ended)
		}
		if _, err := turns.take(t.Context()); err == nil {
			t.Error("one too many waits")
		}
		leave()
		synctest.Wait()
		if len(ended) != questionsWaiting {
			t.Errorf("%d of %d have left with their clients", len(ended), questionsWaiting)
		}
		if turns.waiting.Load() != 0 {
			t.Errorf("%d still wait", turns.waiting.Load())
		}
	})
}

func TestAPlaceIsGivenBackOnce(t *testing.T) {
	turns := newTurns()
	place := mustTake(t, turns)
	place.end()
	place.end()
	for range questionsAtOnce {
		mustTake(t, turns)
	}
	if turns.working.TryAcquire(1) {
		t.Error("there are more places than before")
	}
}
