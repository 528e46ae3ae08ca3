package io.thalweg.connectors.runtime.transform;

import io.thalweg.connectors.runtime.convert.ConversionException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Which part of a record a transform changes: the ending of its class's name. */
enum Part {
    KEY {
        @Override
        @Nullable
        Object of(TransformRecord record) {
            return record.key();
        }

        @Override
        TransformRecord with(TransformRecord record, @Nullable Object part) {
            return record.withKey(part);
        }
    },
    VALUE {
        @Override
        @Nullable
        Object of(TransformRecord record) {
            return record.value();
        }

        @Override
        TransformRecord with(TransformRecord record, @Nullable Object part) {
            return record.withValue(part);
        }
    };

    abstract @Nullable Object of(TransformRecord record);

    abstract TransformRecord with(TransformRecord record, @Nullable Object part);

    /** @throws ConversionException if it has no fields */
    static JsonObject fields(Object part, String transform) {
        if (part instanceof JsonObject fields) {
            return fields;
        }
        // Not what it is: it may be secret.
        throw new ConversionException(
                transform + " needs an object with fields: found="
                        + part.getClass().getSimpleName(),
                null);
    }
}
