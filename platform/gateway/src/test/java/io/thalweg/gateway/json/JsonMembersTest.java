package io.thalweg.gateway.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonMembersTest {
    private final JsonMembers members = JsonMembers.of(
            "{\"s\":\"x\",\"i\":42,\"n\":null,\"o\":{\"a\":1,\"b\":\"t\",\"c\":null,\"d\":true},\"l\":[{\"k\":1},{\"k\":2}],\"is\":[1,2]}"
                    .getBytes(UTF_8));

    @Test
    void membersAreTakenByType() {
        assertThat(members.string("s")).isEqualTo("x");
        assertThat(members.integer("i", -1L)).isEqualTo(42);
        assertThat(members.integer("n", -1L)).isEqualTo(-1);
        assertThat(members.settings("o"))
                .containsEntry("a", "1")
                .containsEntry("b", "t")
                .containsEntry("c", null);
        assertThat(members.objects("l")).hasSize(2);
        assertThat(members.integers("is")).isEqualTo(List.of(1L, 2L));
        assertThat(members.raw("o")).isEqualTo("{\"a\":1,\"b\":\"t\",\"c\":null,\"d\":true}".getBytes(UTF_8));
    }

    @Test
    void wrongTypesUnknownAndDoubleMembersAreInvalidRequests() {
        refused(() -> members.string("i"), "member i must be a string");
        refused(() -> members.integer("s", 0L), "member s must be an integer");
        refused(() -> members.objects("is"), "an array of objects");
        refused(() -> members.requiredString("absent"), "absent is missing");
        refused(() -> members.allowOnly("s"), "member=i");
        refused(() -> members.integer("i", 0, 1, 10), "i=42 found; 1 to 10");
        refused(() -> JsonMembers.of("{\"a\":1,\"a\":2}".getBytes(UTF_8)), "twice");
        refused(() -> JsonMembers.of("[]".getBytes(UTF_8)), "expected {");
    }

    private static void refused(Runnable call, String reason) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(reason);
    }
}
