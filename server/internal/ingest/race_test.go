//go:build race

package ingest

// raceDetector is set when everything takes ten times as long.
const raceDetector = true
