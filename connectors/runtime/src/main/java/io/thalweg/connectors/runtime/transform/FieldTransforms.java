package io.thalweg.connectors.runtime.transform;

import io.thalweg.connectors.runtime.convert.ConversionException;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Transforms that take fields out of their record. */
final class FieldTransforms {

    private FieldTransforms() {}

    /** The key becomes an object of some of the value's fields. */
    static Transform valueToKey(Options options) {
        List<String> names = options.list("fields");
        if (names.isEmpty()) {
            throw options.wrong("fields", "names of fields, between commas");
        }
        return record -> {
            Object value = record.value();
            if (value == null) {
                throw new ConversionException("ValueToKey needs an object with fields: found=null", null);
            }
            JsonObject fields = Part.fields(value, "ValueToKey");
            JsonObject key = new JsonObject();
            names.forEach(name -> key.put(name, fields.getValue(name)));
            return record.withKey(key);
        };
    }

    /** One field takes its object's place; null for one that is not there. A null stays null. */
    static Transform extractField(Part part, Options options) {
        String name = options.required("field");
        return record -> {
            Object content = part.of(record);
            return content == null
                    ? record
                    : part.with(record, Part.fields(content, "ExtractField").getValue(name));
        };
    }
}
