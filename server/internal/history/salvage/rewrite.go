package salvage

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/record"
)

// lostLabel names series whose labels are lost: their samples are kept, and show up nowhere.
const lostLabel = "__lost__"

// rewriteLogs writes damaged segments anew, with every record that verifies, and those with stale markers. Samples name their
// series by a number that a record before them explains, once: where that record is lost, it is written again from the copy
// of it, see [CopySeries].
func (f *folder) rewriteLogs(log, late []*logSegment, head headChunks) error {
	all := slices.Concat(log, late)
	if !slices.ContainsFunc(all, (*logSegment).incomplete) && (len(log) > 0 || len(late)+len(head.series) == 0) {
		return f.rewriteSegments(log, late, nil)
	}
	contents := newLogContents(head.series)
	defer contents.close()
	for _, segment := range all {
		if err := contents.read(segment); err != nil {
			return err
		}
	}
	restored, lost := contents.missing(readSeriesCopy(f.root))
	if err := f.rewriteSegments(log, late, slices.Concat(restored, lost)); err != nil {
		return err // on a full disk this is tried each second, and nothing is told twice
	}
	if len(lost) > 0 {
		f.quarantine.report(f.wal(), fmt.Sprintf("the names of %d series are lost; their samples are kept without a name", len(lost)))
	}
	return nil
}

// rewriteSegments writes what is stale anew. Records of series that were lost stood in the first segment with a hole, or
// in one that is missing before it: there they are written again.
func (f *folder) rewriteSegments(log, late []*logSegment, lost []record.RefSeries) error {
	if len(log) == 0 && len(lost) > 0 {
		path := filepath.Join(f.wal(), segmentName(0))
		if err := os.MkdirAll(f.wal(), 0o700); err != nil {
			return fmt.Errorf("make the log: %w", err)
		}
		if err := WriteFile(path, func(io.Writer) error { return nil }); err != nil {
			return fmt.Errorf("make the log: %w", err)
		}
		log = []*logSegment{{path: path}}
	}
	explaining := max(0, slices.IndexFunc(log, (*logSegment).incomplete))
	for i, segment := range slices.Concat(log, late) {
		var first []record.RefSeries
		if i == explaining {
			first = lost
		}
		if len(first) == 0 && !segment.stale() {
			continue
		}
		if err := f.rewrite(segment, first); err != nil {
			return err
		}
	}
	return nil
}

// rewrite replaces a segment by one of what verifies, after records of series. The old one is put aside if it is damaged.
func (f *folder) rewrite(segment *logSegment, first []record.RefSeries) error {
	fresh := segment.path + rewrittenSuffix
	err := WriteFile(fresh, func(out io.Writer) error {
		writer := newSegmentWriter(out)
		if len(first) > 0 {
			var encoder record.Encoder
			if err := writer.write(logRecord{data: encoder.Series(first, nil)}); err != nil {
				return err
			}
		}
		number := 0
		_, err := scanFile(segment.path, func(record logRecord) error {
			number++
			if _, bad := segment.bad[number-1]; bad {
				return nil
			}
			if markers, stale := segment.markers[number-1]; stale {
				return writer.writeMarkers(markers)
			}
			return writer.write(record)
		})
		if err != nil {
			return err
		}
		return writer.flush()
	})
	if err != nil {
		return fmt.Errorf("write a segment of the log anew: %w", err)
	}
	if segment.damaged() {
		if err := f.quarantine.keep(segment.path, segment.reason()); err != nil {
			return err
		}
	}
	if err := os.Rename(fresh, segment.path); err != nil {
		return fmt.Errorf("replace a segment of the log: %w", err)
	}
	return SyncFolder(filepath.Dir(segment.path))
}

// logContents is what the records of a log say about series.
type logContents struct {
	records    *recordReader
	known      map[chunks.HeadSeriesRef]bool
	referenced map[chunks.HeadSeriesRef]bool
}

func newLogContents(referenced map[chunks.HeadSeriesRef]bool) *logContents {
	contents := &logContents{
		records:    newRecordReader(),
		known:      make(map[chunks.HeadSeriesRef]bool),
		referenced: make(map[chunks.HeadSeriesRef]bool),
	}
	maps.Copy(contents.referenced, referenced)
	return contents
}

func (c *logContents) close() { c.records.close() }

// read notes the series of a segment, and which of its records cannot be read though they verify.
func (c *logContents) read(segment *logSegment) error {
	segment.bad = make(map[int]string)
	number := 0
	_, err := scanFile(segment.path, func(packed logRecord) error {
		if kind, err := c.records.read(packed); err != nil {
			segment.bad[number] = err.Error()
		} else {
			c.note(kind)
		}
		number++
		return nil
	})
	return err
}

// note notes what the record that was just read says of series.
func (c *logContents) note(kind record.Type) {
	switch kind {
	case record.Series:
		for _, series := range c.records.series {
			c.known[series.Ref] = true
		}
	case record.Samples:
		for _, sample := range c.records.samples {
			c.referenced[sample.Ref] = true
		}
	case record.MmapMarkers:
		for _, marker := range c.records.markers {
			c.referenced[marker.Ref] = true
		}
	default: // of kinds that we never write
	}
}

// missing are the series that samples refer to and nothing explains: those that the copy knows, and the others under a name
// that nobody asks for. Without it their numbers would be given away again, and their samples would count as those of others.
func (c *logContents) missing(copied map[chunks.HeadSeriesRef]labels.Labels) (restored, lost []record.RefSeries) {
	for _, ref := range slices.Sorted(maps.Keys(c.referenced)) {
		if c.known[ref] {
			continue
		}
		if name, ok := copied[ref]; ok {
			restored = append(restored, record.RefSeries{Ref: ref, Labels: name})
			continue
		}
		name := labels.FromStrings(lostLabel, strconv.FormatUint(uint64(ref), 10))
		lost = append(lost, record.RefSeries{Ref: ref, Labels: name})
	}
	return restored, lost
}

// mostRecordBytes is how large a record may be when it is unpacked. The library's are far smaller.
const mostRecordBytes = 64 << 20

// recordReader unpacks and decodes records.
type recordReader struct {
	decoder  record.Decoder
	zstd     *zstd.Decoder
	unpacked []byte
	series   []record.RefSeries
	samples  []record.RefSample
	markers  []record.RefMmapMarker
}

func newRecordReader() *recordReader {
	reader, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostRecordBytes))
	if err != nil {
		panic(err) // only wrong options are errors
	}
	return &recordReader{decoder: record.NewDecoder(nil, nil), zstd: reader}
}

func (r *recordReader) close() { r.zstd.Close() }

// unpack gives the bytes of a record, lent until the next.
func (r *recordReader) unpack(packed logRecord) ([]byte, error) {
	switch packed.flags & fragmentPacked {
	case fragmentSnappy:
		if length, err := snappy.DecodedLen(packed.data); err != nil || length > mostRecordBytes {
			return nil, fmt.Errorf("a record that cannot be unpacked")
		}
		unpacked, err := snappy.Decode(r.unpacked[:cap(r.unpacked)], packed.data)
		r.unpacked = unpacked
		return unpacked, err
	case fragmentZstd:
		unpacked, err := r.zstd.DecodeAll(packed.data, r.unpacked[:0])
		r.unpacked = unpacked
		return unpacked, err
	}
	return packed.data, nil
}

// read decodes a record into the field of its kind, lent until the next. The library ends at a record that it cannot decode,
// so that such a one is an error here, and so is one on which its decoder breaks.
func (r *recordReader) read(packed logRecord) (kind record.Type, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("a record that cannot be decoded: %v", broken)
		}
	}()
	bytes, err := r.unpack(packed)
	if err != nil {
		return record.Unknown, fmt.Errorf("a record that cannot be unpacked: %w", err)
	}
	switch kind = r.decoder.Type(bytes); kind {
	case record.Series:
		r.series, err = r.decoder.Series(bytes, r.series[:0])
	case record.Samples, record.SamplesV2:
		kind = record.Samples
		r.samples, err = r.decoder.Samples(bytes, r.samples[:0])
	case record.MmapMarkers:
		r.markers, err = r.decoder.MmapMarkers(bytes, r.markers[:0])
	default:
		err = r.other(bytes)
	}
	return kind, err
}

// other decodes records of kinds that we never write.
func (r *recordReader) other(bytes []byte) (err error) {
	switch r.decoder.Type(bytes) {
	case record.Tombstones:
		_, err = r.decoder.Tombstones(bytes, nil)
	case record.Exemplars:
		_, err = r.decoder.Exemplars(bytes, nil)
	case record.Metadata:
		_, err = r.decoder.Metadata(bytes, nil)
	case record.HistogramSamples, record.CustomBucketsHistogramSamples, record.HistogramSamplesV2:
		_, err = r.decoder.HistogramSamples(bytes, nil)
	case record.FloatHistogramSamples, record.CustomBucketsFloatHistogramSamples, record.FloatHistogramSamplesV2:
		_, err = r.decoder.FloatHistogramSamples(bytes, nil)
	default: // the library ignores what it does not know
	}
	return err
}
