package io.thalweg.connectors.file.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.thalweg.connectors.api.SourceRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The value is a JSON object with a field for each column. */
final class CsvFormat implements RecordFormat {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final String topic;
    private final Charset charset;
    private final @Nullable String keyField;
    private final @Nullable TimestampReader timestamp;
    private final FileSourceConfig.Csv csv;
    private List<String> columns;

    CsvFormat(
            String topic,
            Charset charset,
            @Nullable String keyField,
            @Nullable TimestampReader timestamp,
            FileSourceConfig.Csv csv) {
        this.topic = topic;
        this.charset = charset;
        this.keyField = keyField;
        this.timestamp = timestamp;
        this.csv = csv;
        this.columns = List.of();
        newFile();
    }

    @Override
    public boolean wantsHeader() {
        return columns.isEmpty();
    }

    @Override
    public void newFile() {
        columns = csv.header() ? List.of() : csv.columns();
    }

    @Override
    public void header(byte[] bytes, int from, int to) {
        List<String> names = fields(new String(bytes, from, to - from, charset), csv.delimiter());
        List<String> wanted = csv.columns().isEmpty() ? names : csv.columns();
        if (wanted.size() != names.size()) {
            throw new MalformedRecordException(
                    "csv.columns names " + wanted.size() + " columns, the header row " + names.size());
        }
        if (new HashSet<>(wanted).size() != wanted.size()) {
            throw new MalformedRecordException("two columns of the header row have one name");
        }
        require("key.field", keyField, wanted);
        require("timestamp.field", timestamp == null ? null : timestamp.field(), wanted);
        for (String column : csv.types().keySet()) {
            require("csv.types", column, wanted);
        }
        columns = List.copyOf(wanted);
    }

    private static void require(String key, @Nullable String column, List<String> columns) {
        if (column != null && !columns.contains(column)) {
            throw new MalformedRecordException("no such column: " + key + "=" + column);
        }
    }

    @Override
    public SourceRecord record(byte[] bytes, int from, int to) {
        List<String> fields = fields(new String(bytes, from, to - from, charset), csv.delimiter());
        if (fields.size() != columns.size()) {
            throw new MalformedRecordException(
                    "CSV row has another number of fields: found=" + fields.size() + " expected=" + columns.size());
        }
        String key = null;
        long timestampMillis = -1;
        // Text, not bytes: written as bytes, some characters beyond the BMP would be escaped.
        StringWriter json = new StringWriter(2 * (to - from) + 16);
        try (JsonGenerator out = FACTORY.createGenerator(json)) {
            out.writeStartObject();
            for (int i = 0; i < fields.size(); i++) {
                String column = columns.get(i);
                String field = fields.get(i);
                out.writeFieldName(column);
                write(out, column, field);
                if (column.equals(keyField)) {
                    key = field;
                }
                if (timestamp != null && column.equals(timestamp.field())) {
                    timestampMillis = timestamp.millis(field);
                }
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new SourceRecord(
                topic, -1, key, json.toString().getBytes(StandardCharsets.UTF_8), List.of(), timestampMillis);
    }

    private void write(JsonGenerator out, String column, String field) throws IOException {
        String type = csv.types().getOrDefault(column, "string");
        if (type.equals("string")) {
            out.writeString(field);
        } else if (field.isBlank()) {
            out.writeNull();
        } else if (type.equals("number")) {
            out.writeNumber(number(column, field.strip()));
        } else if (field.strip().equalsIgnoreCase("true") || field.strip().equalsIgnoreCase("false")) {
            out.writeBoolean(Boolean.parseBoolean(field.strip()));
        } else {
            throw new MalformedRecordException("not true or false: column=" + column);
        }
    }

    private static String number(String column, String text) {
        try {
            new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("not a number: column=" + column);
        }
        // As it stands if JSON writes it so, too; +1, 01 and .5 are numbers that JSON writes otherwise.
        return text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?") ? text : new BigDecimal(text).toString();
    }

    /** The fields of a row without its newline. */
    static List<String> fields(String row, char delimiter) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        while (true) {
            if (at < row.length() && row.charAt(at) == '"') {
                StringBuilder field = new StringBuilder();
                at = quoted(row, at + 1, field);
                if (at < row.length() && row.charAt(at) != delimiter) {
                    throw new MalformedRecordException("CSV field goes on after its closing quote");
                }
                fields.add(field.toString());
            } else {
                int end = row.indexOf(delimiter, at);
                fields.add(row.substring(at, end < 0 ? row.length() : end));
                at = end < 0 ? row.length() : end;
            }
            if (at >= row.length()) {
                return fields;
            }
            at++;
        }
    }

    /** Adds what stands up to the closing quote; the index after that. */
    private static int quoted(String row, int from, StringBuilder field) {
        int at = from;
        while (true) {
            int quote = row.indexOf('"', at);
            if (quote < 0) {
                throw new MalformedRecordException("CSV field is not closed by a quote");
            }
            field.append(row, at, quote);
            if (quote + 1 >= row.length() || row.charAt(quote + 1) != '"') {
                return quote + 1;
            }
            field.append('"');
            at = quote + 2;
        }
    }
}
