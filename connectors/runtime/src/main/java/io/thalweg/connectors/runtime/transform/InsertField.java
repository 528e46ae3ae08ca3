package io.thalweg.connectors.runtime.transform;

import io.thalweg.connectors.runtime.convert.ConversionException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts what is known of a record, or a constant, into a field. A null stays null. */
final class InsertField implements Transform {

    private record Field(String name, Function<TransformRecord, @Nullable Object> content) {}

    private final Part part;
    private final List<Field> fields = new ArrayList<>();

    InsertField(Part part, Options options) {
        this.part = part;
        add(options, "topic.field", TransformRecord::topic);
        add(options, "partition.field", record -> record.partition() < 0 ? null : record.partition());
        add(options, "offset.field", record -> {
            if (record.offset() < 0) {
                throw new ConversionException("InsertField: offset.field is for sinks, whose records have offsets", null);
            }
            return record.offset();
        });
        add(options, "timestamp.field", record -> record.timestampMillis() < 0 ? null : record.timestampMillis());
        String constant = options.textOrNull("static.value");
        boolean named = options.textOrNull("static.field") != null;
        if (named != (constant != null)) {
            throw options.wrong("static.value", "static.field and static.value, both or none");
        }
        add(options, "static.field", record -> constant);
        if (fields.isEmpty()) {
            throw options.wrong("type", "InsertField with one of topic.field, partition.field, offset.field,"
                    + " timestamp.field, static.field");
        }
    }

    /** The marks that Kafka Connect puts behind a name, required and optional, matter to schemas alone. */
    private void add(Options options, String option, Function<TransformRecord, @Nullable Object> content) {
        String name = options.textOrNull(option);
        if (name != null) {
            boolean marked = name.endsWith("!") || name.endsWith("?");
            fields.add(new Field(marked ? name.substring(0, name.length() - 1) : name, content));
        }
    }

    @Override
    public TransformRecord apply(TransformRecord record) {
        Object content = part.of(record);
        if (content == null) {
            return record;
        }
        JsonObject changed = Part.fields(content, "InsertField").copy();
        fields.forEach(field -> changed.put(field.name, field.content.apply(record)));
        return part.with(record, changed);
    }
}
