package io.thalweg.launcher.demo;

/**
 * What reading through one door gave.
 *
 * @param seconds from asking for the first record to having the last, joining the group included
 * @param firstRecordMillis how long of that the first record took
 */
record ReadReport(String door, FlightsSeen seen, double seconds, double firstRecordMillis) {

    double recordsEachSecond() {
        return seen.count() / seconds;
    }
}
