package io.thalweg.connectors.runtime.sink;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.thalweg.connectors.runtime.convert.ConversionException;
import io.thalweg.connectors.runtime.convert.Converter;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.Stage;
import io.thalweg.connectors.runtime.task.TaskSettings;
import io.thalweg.connectors.runtime.transform.TransformRecord;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what the log has into what sinks take, and back for a dead letter. Confined to the runner's context. */
final class SinkRecords {

    private final TaskSettings settings;
    private final DeadLetters errors;

    /** Of the batch that was converted last: bytes for records that the sink may refuse. */
    private IdentityHashMap<SinkRecord, ReceivedRecord> originals = new IdentityHashMap<>();

    SinkRecords(TaskSettings settings, DeadLetters errors) {
        this.settings = settings;
        this.errors = errors;
    }

    /** The records that convert; the others went where errors go, or the future fails. */
    Future<List<SinkRecord>> convert(List<ReceivedRecord> records) {
        List<SinkRecord> converted = new ArrayList<>(records.size());
        IdentityHashMap<SinkRecord, ReceivedRecord> kept = new IdentityHashMap<>();
        Future<Void> refusals = Future.succeededFuture();
        TopicPartition partition = null;
        for (ReceivedRecord record : records) {
            if (partition == null
                    || partition.partition() != record.partition()
                    || !partition.topic().equals(record.topic())) {
                partition = new TopicPartition(record.topic(), record.partition());
            }
            Stage stage = Stage.KEY_CONVERTER;
            try {
                Object key = convert(settings.keyConverter(), record.key());
                stage = Stage.VALUE_CONVERTER;
                Object value = convert(settings.valueConverter(), record.value());
                List<Header> headers = headers(record.headers());
                SinkRecord sinkRecord =
                        new SinkRecord(partition, record.offset(), record.timestampMillis(), key, value, headers);
                if (!settings.transforms().isEmpty()) {
                    stage = Stage.TRANSFORMATION;
                    sinkRecord = transformed(sinkRecord);
                }
                if (sinkRecord != null) {
                    converted.add(sinkRecord);
                    kept.put(sinkRecord, record);
                }
            } catch (ConversionException failure) {
                Stage at = stage;
                refusals = refusals.compose(done -> errors.refuse(record, at, failure));
            }
        }
        originals = kept;
        return refusals.map(converted);
    }

    /** Null for one that is left out. The plugin sees another topic as it is chosen; positions stay the log's own. */
    private @Nullable SinkRecord transformed(SinkRecord record) {
        TopicPartition partition = record.topicPartition();
        TransformRecord changed = settings.transforms()
                .apply(new TransformRecord(
                        partition.topic(),
                        partition.partition(),
                        record.offset(),
                        record.key(),
                        record.value(),
                        record.headers(),
                        record.timestampMillis()));
        if (changed == null) {
            return null;
        }
        TopicPartition to = changed.topic().equals(partition.topic())
                ? partition
                : new TopicPartition(changed.topic(), partition.partition());
        return new SinkRecord(
                to, record.offset(), changed.timestampMillis(), changed.key(), changed.value(), changed.headers());
    }

    private static @Nullable Object convert(Converter converter, byte @Nullable [] bytes) {
        return converter.fromBytes(bytes);
    }

    private static List<Header> headers(List<RecordHeader> headers) {
        if (headers.isEmpty()) {
            return List.of();
        }
        List<Header> converted = new ArrayList<>(headers.size());
        for (RecordHeader header : headers) {
            converted.add(new Header(header.key(), header.value()));
        }
        return converted;
    }

    /** The record as it was in the log; as near as the converters get for one of an earlier batch. */
    ReceivedRecord original(SinkRecord record) {
        ReceivedRecord original = originals.get(record);
        if (original != null) {
            return original;
        }
        List<RecordHeader> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
        return new ReceivedRecord(
                record.topicPartition().topic(),
                record.topicPartition().partition(),
                record.offset(),
                record.timestampMillis(),
                settings.keyConverter().toBytes(record.key()),
                settings.valueConverter().toBytes(record.value()),
                headers);
    }
}
