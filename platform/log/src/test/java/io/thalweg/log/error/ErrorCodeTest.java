package io.thalweg.log.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    private record Entry(String name, short code, boolean retriable) {}

    @Test
    void equalsTheErrorsOfKafka() {
        assertThat(Arrays.stream(ErrorCode.values())
                        .map(error -> new Entry(error.name(), error.code(), error.retriable())))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Errors.values())
                        .map(error ->
                                new Entry(error.name(), error.code(), error.exception() instanceof RetriableException))
                        .toList());
    }

    @Test
    void isFoundByItsNumberAndUnknownOtherwise() {
        for (ErrorCode error : ErrorCode.values()) {
            assertThat(ErrorCode.of(error.code())).isSameAs(error);
        }
        assertThat(ErrorCode.of((short) 31999)).isSameAs(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
