package web

import (
	"net/http"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// historyStatus is the answer of GET /api/v1/history/status where there is history.
type historyStatus struct {
	State            history.State      `json:"state"`             // recording, full, failed or behind
	Message          string             `json:"message,omitempty"` // why it is not recording
	Since            metric.TimestampMs `json:"since,omitempty"`   // unix seconds
	Oldest           metric.TimestampMs `json:"oldest,omitempty"`  // unix seconds
	Newest           metric.TimestampMs `json:"newest,omitempty"`
	Bytes            int64              `json:"bytes"`
	Samples          uint64             `json:"samples"`
	Series           int                `json:"series"`
	BytesPerDay      int64              `json:"bytesPerDay"`
	ReachSeconds     float64            `json:"reachSeconds"`   // how far back it will reach at this rate
	RetentionSeconds float64            `json:"retentionTime"`  // seconds
	RetentionBytes   int64              `json:"retentionBytes"` // 0: no limit
	SyncSeconds      float64            `json:"sync"`           // 0: with each commit
	Lost             uint64             `json:"lost"`           // samples
	Damaged          []damageAnswer     `json:"damaged"`        // never null
}

type damageAnswer struct {
	File   string             `json:"file"`
	Reason string             `json:"reason"`
	Time   metric.TimestampMs `json:"time"`
}

// historyOff is the answer where there is none.
type historyOff struct {
	State   string `json:"state"` // off
	Message string `json:"message"`
}

func (s *Server) serveHistoryStatus(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r); err != nil {
		return err
	}
	if s.history == nil {
		writeJSON(w, http.StatusOK, historyOff{State: "off", Message: historyOffMessage})
		return nil
	}
	status := s.recording()
	usage := status.Usage
	answer := historyStatus{
		State: status.State, Message: status.Cause, Since: status.Since, Lost: status.Lost,
		Oldest: usage.Oldest, Newest: usage.Newest, Bytes: usage.Bytes, Samples: usage.Samples, Series: usage.Series,
		BytesPerDay: usage.BytesPerDay, ReachSeconds: usage.Reach.Truncate(time.Second).Seconds(),
		RetentionSeconds: usage.RetentionTime.Seconds(), RetentionBytes: usage.RetentionBytes,
		SyncSeconds: time.Duration(usage.Sync).Seconds(), Damaged: make([]damageAnswer, 0, len(usage.Damaged)),
	}
	for _, damage := range usage.Damaged {
		answer.Damaged = append(answer.Damaged, damageAnswer(damage))
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}
