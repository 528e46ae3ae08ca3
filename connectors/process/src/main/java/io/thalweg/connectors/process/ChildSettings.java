package io.thalweg.connectors.process;

import io.thalweg.connectors.process.message.ChildMessage.Hello;
import io.thalweg.connectors.process.message.NativeEncoder;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.Map;

/** Settings, as the schema that a child said hello with wants them. */
final class ChildSettings {

    private ChildSettings() {}

    /** The newest version of the protocol that both speak. */
    static int version(Hello hello) {
        for (int version : NativeEncoder.VERSIONS) {
            if (hello.versions().contains(version)) {
                return version;
            }
        }
        throw new IllegalArgumentException("no common version of the protocol: child=" + hello.versions() + " host="
                + NativeEncoder.VERSIONS + "; see docs/PROCESS-CONNECTORS.md");
    }

    /**
     * The settings with the schema's defaults filled in.
     *
     * @throws IllegalArgumentException names the first key that is wrong
     */
    static JsonObject checked(Hello hello, JsonObject settings) {
        JsonObject schema = hello.configSchema();
        if (schema == null) {
            return settings;
        }
        JsonObject filled = settings.copy();
        for (Map.Entry<String, Object> property : schema.getJsonObject("properties", new JsonObject())) {
            if (property.getValue() instanceof JsonObject described
                    && described.containsKey("default")
                    && !filled.containsKey(property.getKey())) {
                filled.put(property.getKey(), described.getValue("default"));
            }
        }
        OutputUnit result = validator(schema).validate(filled);
        if (!Boolean.TRUE.equals(result.getValid())) {
            throw new IllegalArgumentException("key=settings does not fit the schema of the child: " + problem(result));
        }
        return filled;
    }

    private static Validator validator(JsonObject schema) {
        try {
            return Validator.create(
                    JsonSchema.of(schema),
                    new JsonSchemaOptions()
                            .setBaseUri("thalweg://child")
                            .setDraft(Draft.DRAFT202012)
                            .setOutputFormat(OutputFormat.Basic));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the child's configuration schema is not a JSON Schema: " + e.getMessage(), e);
        }
    }

    /** Place and rule; never the value, which may be secret. */
    private static String problem(OutputUnit result) {
        if (result.getErrors() == null || result.getErrors().isEmpty()) {
            return "invalid";
        }
        OutputUnit deepest = result.getErrors().get(result.getErrors().size() - 1);
        return "at " + deepest.getInstanceLocation() + ", rule " + deepest.getKeywordLocation();
    }
}
