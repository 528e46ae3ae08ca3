package io.thalweg.launcher.demo;

/**
 * What publishing through one door took.
 *
 * @param records acknowledged
 * @param recordsInRequest how many records share an acknowledgement whose latency is counted
 */
record PublishReport(
        String door, int records, int recordsInRequest, double seconds, double p50Millis, double p99Millis) {

    double recordsEachSecond() {
        return records / seconds;
    }
}
