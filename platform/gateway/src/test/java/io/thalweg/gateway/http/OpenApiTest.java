package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    @Test
    void everyExampleIsAsItsSchemaSays() {
        List<String> places = new ArrayList<>();
        visit("#", OpenApiContract.DESCRIPTION, places);

        assertThat(places).hasSizeGreaterThan(30);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = new ArrayList<>();
        collectReferences(OpenApiContract.DESCRIPTION, references);

        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            JsonObject at = OpenApiContract.DESCRIPTION;
            for (String step : reference.substring(2).split("/")) {
                assertThat(at.getJsonObject(step)).as(reference).isNotNull();
                at = at.getJsonObject(step);
            }
        });
    }

    @Test
    void everyOperationHasAnIdAndASummary() {
        assertThat(OpenApiContract.DESCRIPTION.getString("openapi")).isEqualTo("3.1.0");
        List<String> ids = new ArrayList<>();
        for (String operation : OpenApiContract.operations()) {
            String[] parts = operation.split(" ");
            JsonObject described = OpenApiContract.DESCRIPTION
                    .getJsonObject("paths")
                    .getJsonObject(parts[1])
                    .getJsonObject(parts[0].toLowerCase(Locale.ROOT));
            assertThat(described.getString("summary")).as(operation).isNotBlank();
            ids.add(described.getString("operationId"));
        }
        assertThat(ids).doesNotHaveDuplicates().doesNotContainNull();
    }

    private static void visit(String place, Object node, List<String> checked) {
        if (node instanceof JsonObject object) {
            if (object.containsKey("example") && object.getValue("schema") instanceof JsonObject schema) {
                OpenApiContract.check(schema, object.getValue("example"), place);
                checked.add(place);
            }
            object.fieldNames().forEach(name -> visit(place + "/" + name, object.getValue(name), checked));
        } else if (node instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                visit(place + "/" + i, array.getValue(i), checked);
            }
        }
    }

    private static void collectReferences(Object node, List<String> references) {
        if (node instanceof JsonObject object) {
            if (object.getValue("$ref") instanceof String reference) {
                references.add(reference);
            }
            object.fieldNames().forEach(name -> collectReferences(object.getValue(name), references));
        } else if (node instanceof JsonArray array) {
            array.forEach(element -> collectReferences(element, references));
        }
    }
}
