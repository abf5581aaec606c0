package web

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of answers that come in two forms.
const (
	mediaJSON = "application/json; charset=utf-8"
	mediaCBOR = "application/cbor"
)

// prefersCBOR says whether CBOR is what a client would rather have than anything else.
func prefersCBOR(header http.Header) bool {
	preferred, most := "", 0.0
	for word := range strings.SplitSeq(strings.Join(header.Values("Accept"), ","), ",") {
		mediaType, parameters, err := mime.ParseMediaType(word)
		if err != nil {
			continue
		}
		quality := 1.0
		if text, hasQuality := parameters["q"]; hasQuality {
			quality, _ = strconv.ParseFloat(text, 64) // 0 if it is no number
		}
		if quality > most {
			preferred, most = mediaType, quality
		}
	}
	return preferred == mediaCBOR
}
