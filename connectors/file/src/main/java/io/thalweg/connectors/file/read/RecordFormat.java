package io.thalweg.connectors.file.read;

import io.thalweg.connectors.api.SourceRecord;

/** Makes a record of the bytes between two ends. */
interface RecordFormat {

    static RecordFormat of(FileSourceConfig config) {
        return switch (config.format()) {
            case LINES -> new LineFormat(config.topic(), config.charset());
            case NDJSON, JSON_ARRAY ->
                new JsonFormat(config.topic(), config.charset(), config.keyField(), config.timestamp());
            case CSV ->
                new CsvFormat(config.topic(), config.charset(), config.keyField(), config.timestamp(), config.csv());
        };
    }

    /** @throws MalformedRecordException says what is wrong with the bytes */
    SourceRecord record(byte[] bytes, int from, int to);

    /** Whether the next record is a header: names of columns, to be given to {@link #header}. */
    default boolean wantsHeader() {
        return false;
    }

    default void header(byte[] bytes, int from, int to) {
        throw new IllegalStateException("this format has no header");
    }

    /** Another file begins: forgets its header. */
    default void newFile() {
        // Nothing to forget.
    }
}
