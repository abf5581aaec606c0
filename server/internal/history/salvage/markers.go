package salvage

import (
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/record"
)

// The log of late samples has markers: the samples of a series before it are in a chunk by now. The library ignores one whose
// chunk is beyond the last that it finds, and believes every other. But it writes the chunk only a while after the marker, so
// that a killed process leaves markers without a chunk, and once others have been written, the samples would be left out.
// Without the marker they are read from the log again; where they are in a chunk as well, that does no harm.

// findStaleMarkers notes the markers of the log that must not be believed, given the chunks that are there.
func findStaleMarkers(late []*logSegment, there map[chunks.ChunkDiskMapperRef]chunks.HeadSeriesRef) error {
	records := newRecordReader()
	defer records.close()
	markers := markerCheck{there: there, unmarked: make(map[chunks.HeadSeriesRef]bool)}
	for _, segment := range late {
		segment.bad, segment.markers = make(map[int]string), make(map[int][]record.RefMmapMarker)
		number := 0
		_, err := scanFile(segment.path, func(packed logRecord) error {
			switch kind, err := records.read(packed); {
			case err != nil:
				segment.bad[number] = err.Error()
			case kind == record.Samples:
				markers.samples(records.samples)
			case kind == record.MmapMarkers:
				if right := markers.right(records.markers); len(right) < len(records.markers) {
					segment.markers[number] = right
				}
			}
			number++
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// markerCheck goes through the log of late samples.
type markerCheck struct {
	there    map[chunks.ChunkDiskMapperRef]chunks.HeadSeriesRef
	unmarked map[chunks.HeadSeriesRef]bool // series with samples that no marker follows so far
}

func (c *markerCheck) samples(samples []record.RefSample) {
	for _, sample := range samples {
		c.unmarked[sample.Ref] = true
	}
}

// right gives the markers of a record that can be believed. Those of a series are so together, or none of them.
func (c *markerCheck) right(markers []record.RefMmapMarker) []record.RefMmapMarker {
	stale := make(map[chunks.HeadSeriesRef]bool)
	for _, marker := range markers {
		if c.stale(marker) {
			stale[marker.Ref] = true
		}
	}
	var right []record.RefMmapMarker
	for _, marker := range markers {
		if !stale[marker.Ref] {
			right = append(right, marker)
			delete(c.unmarked, marker.Ref)
		}
	}
	return right
}

// stale says whether a marker is of samples that are not in its chunk. A marker without a chunk begins a series, or follows
// samples of which a block was to be made: the chunk of those has no marker.
func (c *markerCheck) stale(marker record.RefMmapMarker) bool {
	if marker.MmapRef == 0 {
		return c.unmarked[marker.Ref]
	}
	return c.there[marker.MmapRef] != marker.Ref
}

// writeMarkers writes a record of markers, if there are any.
func (w *segmentWriter) writeMarkers(markers []record.RefMmapMarker) error {
	if len(markers) == 0 {
		return nil
	}
	var encoder record.Encoder
	return w.write(logRecord{data: encoder.MmapMarkers(markers, nil)})
}
