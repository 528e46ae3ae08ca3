package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.SinkRecord;
import java.io.IOException;

/** Writes a record with its newline. */
interface RecordEncoder {

    static RecordEncoder of(FileSinkConfig config) {
        return switch (config.format()) {
            case NDJSON -> config.envelope() ? new EnvelopeEncoder() : new JsonLineEncoder();
            case LINES -> new LineEncoder();
            case CSV -> new CsvEncoder(config.columns(), config.header(), config.delimiter());
        };
    }

    /** What a file begins with. */
    default void begin(OutputBuffer out) {
        // Most begin with the first record.
    }

    /** @throws UnwritableRecordException if the format has no place for it; something may have been written then */
    void encode(SinkRecord record, OutputBuffer out) throws IOException;
}
