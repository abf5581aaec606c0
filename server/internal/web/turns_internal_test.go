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

// TestSmallAnswersKeepNobodyOut holds many answers that are being sent.
func TestSmallAnswersKeepNobodyOut(t *testing.T) {
	turns := newTurns()
	const answers, answerBytes = 1000, 32 << 10
	for range answers {
		mustTake(t, turns).keep(answerBytes)
	}
	mustTake(t, turns).keep(history.MaxAnswerBytes)
}

// newFullTurns has no place left, all is kept by answers.
func newFullTurns(t *testing.T) *turns {
	t.Helper()
	turns := newTurns()
	for range questionsAtOnce {
		mustTake(t, turns).keep(history.MaxAnswerBytes + 1)
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
	place.keep(10)
	place.keep(20) // an answer does not grow
	place.end()
	place.end()
	for range questionsAtOnce {
		mustTake(t, turns)
	}
	if turns.memory.TryAcquire(1) {
		t.Error("there is more memory than before")
	}
}
