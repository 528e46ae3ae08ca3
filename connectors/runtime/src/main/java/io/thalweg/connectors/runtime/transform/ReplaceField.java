package io.thalweg.connectors.runtime.transform;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Leaves fields out or gives them other names. A null stays null. */
final class ReplaceField implements Transform {

    private final Part part;
    private final Set<String> included;
    private final Set<String> excluded;
    private final Map<String, String> renames = new HashMap<>();

    ReplaceField(Part part, Options options) {
        this.part = part;
        // The second names are those of Kafka Connect before 2.6.
        included = new HashSet<>(options.list("include"));
        included.addAll(options.list("whitelist"));
        excluded = new HashSet<>(options.list("exclude"));
        excluded.addAll(options.list("blacklist"));
        for (String rename : options.list("renames")) {
            String[] names = rename.split(":", -1);
            if (names.length != 2 || names[0].isBlank() || names[1].isBlank()) {
                throw options.wrong("renames", "old:new, between commas");
            }
            renames.put(names[0].strip(), names[1].strip());
        }
    }

    @Override
    public TransformRecord apply(TransformRecord record) {
        Object content = part.of(record);
        if (content == null) {
            return record;
        }
        JsonObject fields = Part.fields(content, "ReplaceField");
        JsonObject changed = new JsonObject();
        for (String name : fields.fieldNames()) {
            if (!excluded.contains(name) && (included.isEmpty() || included.contains(name))) {
                changed.put(renames.getOrDefault(name, name), fields.getValue(name));
            }
        }
        return part.with(record, changed);
    }
}
