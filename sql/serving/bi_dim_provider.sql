-- Providers by name.
SELECT provider_code, provider_name FROM vm.dim_provider
