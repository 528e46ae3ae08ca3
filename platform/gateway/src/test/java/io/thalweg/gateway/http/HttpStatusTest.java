package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HttpStatusTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyErrorCodeIsMapped(ErrorCode error) {
        assertThat(HttpStatus.isMapped(error)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_TOPIC_OR_PARTITION, 404",
        "GROUP_ID_NOT_FOUND, 404",
        "INVALID_TOPIC_EXCEPTION, 400",
        "INVALID_CONFIG, 400",
        "MESSAGE_TOO_LARGE, 413",
        "TOPIC_ALREADY_EXISTS, 409",
        "NON_EMPTY_GROUP, 409",
        "KAFKA_STORAGE_ERROR, 503",
        "THROTTLING_QUOTA_EXCEEDED, 503",
        "REQUEST_TIMED_OUT, 503",
        "UNKNOWN_SERVER_ERROR, 500"
    })
    void statusIsWhatTheContractSays(ErrorCode error, int status) {
        assertThat(HttpProblem.of(new ThalwegException(error, "x")).status()).isEqualTo(status);
    }

    @Test
    void ofADefectNothingIsTold() {
        HttpProblem problem = HttpProblem.of(new IllegalStateException("secret=hunter2"));

        assertThat(problem.status()).isEqualTo(500);
        assertThat(problem.getMessage()).doesNotContain("hunter2");
    }
}
