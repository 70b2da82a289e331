"""The catalogue as Human Services Data Specification 3.0 (Open Referral), for directories of services. Out only."""
